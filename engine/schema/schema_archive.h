#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "schema/programs.h"
#include "schema/workspace.h"

namespace pghaul::schema {

/// One entry of an archive's table of contents, as pg_restore --list tells it.
struct Entry {
  int dump_id = 0;
  std::uint32_t catalog = 0;  // OID of the catalog that holds the object: 1259 is pg_class
  std::uint32_t oid = 0;      // of the object
  std::string kind;           // TABLE, INDEX, FK CONSTRAINT, COMMENT …
  std::string line;           // as listed, for pg_restore --use-list
};

/// What to dump; patterns as pg_dump takes them.
struct Filters {
  std::vector<std::string> schemas, excluded_schemas, tables, excluded_tables;
  bool with_owner = true;
  bool with_acl = true;

  [[nodiscard]] bool all() const noexcept {
    return schemas.empty() && excluded_schemas.empty() && tables.empty() && excluded_tables.empty();
  }
};

/// An object that pg_restore could not create, and why.
struct Failure {
  std::string object;
  std::string reason;
};

/// The schema of the source, as pg_dump's custom format, in a workspace.
class SchemaArchive {
 public:
  /// Dumps the schema, without data, as of an exported snapshot.
  /// Errors  program_failed, with what pg_dump said; usage when a pattern matches nothing.
  [[nodiscard]] static Result<SchemaArchive> dump(const Workspace& workspace, const Programs& programs,
                                                  const postgres::ConnectionString& source,
                                                  const std::string& snapshot, const Filters& filters,
                                                  const std::stop_token& stop);

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// Restores the entries that `wanted` accepts, in the archive's order, in one pg_restore. Goes on after an
  /// object that fails, so that all failures are known at once.
  /// Errors  program_failed when pg_restore could not work at all.
  [[nodiscard]] Result<std::vector<Failure>> restore(const postgres::ConnectionString& target,
                                                     const std::function<bool(const Entry&)>& wanted,
                                                     const std::stop_token& stop) const;

 private:
  SchemaArchive(const Workspace& workspace, Programs programs, std::string file, Filters filters);

  const Workspace* workspace_;
  Programs programs_;
  std::string file_;
  Filters filters_;
  std::vector<Entry> entries_;
};

}  // namespace pghaul::schema

#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "process/private_file.h"
#include "process/run_program.h"
#include "schema/entry.h"
#include "schema/filters.h"
#include "schema/programs.h"
#include "schema/restore_log.h"

namespace pghaul::schema {

/// The schema of the source, in pg_dump's custom format, in a temporary file that it owns.
class SchemaArchive {
 public:
  /// Dumps the schema, without data, as of an exported snapshot; empty: as it is now. `source`:
  /// Connection::effective(), of either server. `programs`: from find_programs(); the first is taken whose
  /// archive any target can read. Errors  program_failed, with pg_dump's message; usage when a pattern
  /// matches nothing.
  [[nodiscard]] static Result<SchemaArchive> dump(const std::vector<Programs>& programs,
                                                  const postgres::ConnectionString& source,
                                                  postgres::Side side, const std::string& snapshot,
                                                  const Filters& filters, const std::stop_token& stop);

  /// Opens one that was dumped and kept. `programs`: the first is taken whose pg_restore can read it.
  [[nodiscard]] static Result<SchemaArchive> open(const std::vector<Programs>& programs,
                                                  const std::string& content, const Filters& filters,
                                                  const std::stop_token& stop);

  /// Removes the entries of these objects, by their catalogs' OIDs and their own, and what belongs to them;
  /// returns the dump ids of all of these.
  std::vector<int> leave_out(const std::set<std::pair<catalog::Oid, catalog::Oid>>& objects);

  /// Removes the entries that the filters leave out, whoever wrote the archive: see excluded_entries().
  /// Returns these. Errors  usage when a pattern matches nothing.
  [[nodiscard]] Result<std::vector<Entry>> leave_out_excluded();

  /// Removes those that leave_out() and leave_out_excluded() removed when the archive was written.
  void leave_out_entries(const std::set<int>& dump_ids);

  /// Removes all others.
  void keep_entries(const std::set<int>& dump_ids);

  /// Renames the tablespaces that its objects are made in. An empty name is that of the target database's
  /// own. Errors  program_failed where the archive can't be read.
  [[nodiscard]] Status map_tablespaces(const std::map<std::string, std::string>& names);

  /// Returns the statements of its entries, as pg_restore would write them into a script.
  [[nodiscard]] Result<std::string> sql(const std::stop_token& stop) const;

  /// Returns all of it, to be kept.
  [[nodiscard]] Result<std::string> content() const { return file_.read(); }
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// Returns the objects that its entries define, by their catalogs' OIDs and their own.
  [[nodiscard]] std::set<std::pair<catalog::Oid, catalog::Oid>> objects() const;
  /// Returns the pg_dump that made it, which pg_restore follows.
  [[nodiscard]] const Programs& programs() const noexcept { return programs_; }
  /// Returns pg_dump's warnings.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  void add_warnings(std::vector<std::string> more) { std::ranges::move(more, std::back_inserter(warnings_)); }
  [[nodiscard]] const Filters& filters() const noexcept { return filters_; }

  /// Restores `wanted`, in the archive's order, in one pg_restore. Continues after an object that fails, so
  /// that all failures are known at once. `target`: Connection::effective(). Errors  program_failed when
  /// pg_restore could not work at all; connection_lost when it lost the target. `settings`: more of them for
  /// its session, such as "-c session_replication_role=replica".
  [[nodiscard]] Result<std::vector<Failure>> restore(const postgres::ConnectionString& target,
                                                     const std::vector<Entry>& wanted,
                                                     const std::stop_token& stop,
                                                     const std::string& settings = {}) const;

 private:
  SchemaArchive(Programs programs, process::PrivateFile file, Filters filters)
      : programs_(std::move(programs)), file_(std::move(file)), filters_(std::move(filters)) {}

  [[nodiscard]] static Result<SchemaArchive> dump_with(const Programs& programs,
                                                       const postgres::ConnectionString& source,
                                                       postgres::Side side, const std::string& snapshot,
                                                       const Filters& filters, const std::stop_token& stop);
  [[nodiscard]] Status read_entries(const std::stop_token& stop);
  [[nodiscard]] Result<std::string> list(const std::vector<std::string>& options,
                                         const std::stop_token& stop) const;
  [[nodiscard]] Result<std::string> written(const std::vector<std::string>& options,
                                            const std::vector<int>& descriptors,
                                            const std::stop_token& stop) const;
  [[nodiscard]] Result<bool> sets_hidden_options() const;

  Programs programs_;
  process::PrivateFile file_;
  Filters filters_;
  std::vector<Entry> entries_;
  std::vector<std::string> warnings_;
};

}  // namespace pghaul::schema

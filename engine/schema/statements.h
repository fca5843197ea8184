#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

/// The SQL of what is built after the rows have landed. Pure: text from catalog values.
///
/// A function with several statements returns one text, to be run in one transaction.
namespace pghaul::schema {

/// Returns CREATE INDEX and what belongs to it: statistics targets, CLUSTER ON, replica identity, extensions
/// that it depends on (all but the first only for an index without constraint: with one, add_key() sets
/// them).
[[nodiscard]] std::string create_index(const catalog::IndexInfo& index, const catalog::Relation& relation);

/// The statements that build an index while others write: each by itself, outside of a transaction, but for
/// `marks`.
struct ConcurrentIndex {
  std::string drop;            // removes what an earlier attempt left
  std::string set_tablespace;  // for the session
  std::string create;
  std::string marks;  // in one transaction; may be empty
};
[[nodiscard]] ConcurrentIndex create_index_concurrently(const catalog::IndexInfo& index,
                                                        const catalog::Relation& relation);
[[nodiscard]] std::string attach_index(const catalog::IndexInfo& parent, const catalog::IndexInfo& child);

/// Returns ALTER TABLE … ADD CONSTRAINT of a primary key, a unique or an exclusion constraint, and CLUSTER ON
/// and replica identity of its index. Takes the index that create_index() built, if
/// catalog::built_from_index().
[[nodiscard]] std::string add_key(const catalog::Constraint& key, const catalog::Relation& relation,
                                  const catalog::IndexInfo& index);

/// Returns ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY; `not_valid`: to be checked later, under a weaker lock.
[[nodiscard]] std::string add_foreign_key(const catalog::Constraint& key, const catalog::Relation& relation,
                                          bool not_valid);
/// Returns VALIDATE CONSTRAINT of a foreign key.
[[nodiscard]] std::string validate_foreign_key(const catalog::Constraint& key,
                                               const catalog::Relation& relation);

/// Returns setval() of all sequences whose values could be read, in statements of a bounded size.
[[nodiscard]] std::vector<std::string> set_sequences(const std::vector<catalog::Sequence>& sequences);

/// Returns ALTER DATABASE … SET, or ALTER ROLE … IN DATABASE … SET.
/// Source  PostgreSQL's src/fe_utils/string_utils.c and src/bin/pg_dump/dumputils.c,
///         makeAlterConfigCommand().
[[nodiscard]] std::string set_in_database(const catalog::DatabaseSetting& setting,
                                          const std::string& database);
/// Returns ALTER ROLE … SET, for all databases.
[[nodiscard]] std::string set_for_role(const std::string& role, const std::string& name,
                                       const std::string& value);

}  // namespace pghaul::schema

#include "schema/statements.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "base/units.h"
#include "postgres/quote.h"

namespace pghaul::schema {
namespace {

using postgres::quote;
using postgres::quote_literal;

std::string quoted(const catalog::Name& name) {
  return quote(name.schema, name.name);
}

/// Adds the tablespace, which pg_get_indexdef() and pg_get_constraintdef() leave out.
std::string in_tablespace(const std::string& tablespace, const std::string& statement) {
  if (tablespace.empty()) return statement;
  return "SET LOCAL default_tablespace = " + quote_literal(tablespace) + ";\n" + statement +
         "SET LOCAL default_tablespace = '';\n";
}

std::string marks(const catalog::IndexInfo& index, const catalog::Relation& relation) {
  std::string sql;
  if (index.clustered) {
    sql += "ALTER TABLE " + quoted(relation.name) + " CLUSTER ON " + quote(index.name.name) + ";\n";
  }
  if (index.replica_identity) {
    sql += "ALTER TABLE ONLY " + quoted(relation.name) + " REPLICA IDENTITY USING INDEX " +
           quote(index.name.name) + ";\n";
  }
  for (const std::string& extension : index.extensions) {
    sql += "ALTER INDEX " + quoted(index.name) + " DEPENDS ON EXTENSION " + quote(extension) + ";\n";
  }
  return sql;
}

std::string statistics_targets(const catalog::IndexInfo& index) {
  std::string sql;
  for (const auto& [column, target] : index.statistics) {
    sql += "ALTER INDEX " + quoted(index.name) + " ALTER COLUMN " + std::to_string(column) +
           " SET STATISTICS " + std::to_string(target) + ";\n";
  }
  return sql;
}

std::string deferral(const catalog::Constraint& key) {
  if (key.deferred) return " DEFERRABLE INITIALLY DEFERRED";
  return key.deferrable ? " DEFERRABLE" : "";
}

/// Adds the storage options, which pg_get_constraintdef() gives for exclusion constraints only.
std::string with_storage_options(const catalog::Constraint& key, const catalog::IndexInfo& index) {
  if (key.kind == 'x' || index.options.empty()) return key.definition;
  const std::string last = deferral(key);
  const std::size_t end = key.definition.size() - (key.definition.ends_with(last) ? last.size() : 0);
  return key.definition.substr(0, end) + " WITH (" + index.options + ")" + key.definition.substr(end);
}

/// Recognizes settings whose value is a list of names, each of which the catalog holds in double quotes where
/// it needs them. Source  PostgreSQL's src/bin/pg_dump/dumputils.c, variable_is_guc_list_quote().
bool holds_quoted_list(std::string_view name) {
  constexpr std::array<std::string_view, 8> kLists = {
      "local_preload_libraries",   "oauth_validator_libraries",       "search_path",
      "session_preload_libraries", "shared_preload_libraries",        "temp_tablespaces",
      "unix_socket_directories",   "restrict_nonsystem_relation_kind"};
  return std::ranges::find(kLists, name) != kLists.end();
}

/// Renders the names of such a list as literals: "a ""b""", c becomes 'a "b"', 'c'. An empty list is one
/// empty name.
std::string as_literals(std::string_view list) {
  std::vector<std::string> names(1);
  bool in_quotes = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '"' && in_quotes && i + 1 < list.size() && list[i + 1] == '"') {
      names.back() += list[++i];
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ',' && !in_quotes) {
      names.emplace_back();
    } else if (c != ' ' || in_quotes) {
      names.back() += c;
    }
  }
  std::string literals;
  for (const std::string& name : names) literals += (literals.empty() ? "" : ", ") + quote_literal(name);
  return literals;
}

/// Renders a setting's value, as the catalog holds it, for SET.
std::string as_written(const std::string& name, const std::string& value) {
  return holds_quoted_list(name) ? as_literals(value) : quote_literal(value);
}

}  // namespace

std::string create_index(const catalog::IndexInfo& index, const catalog::Relation& relation) {
  std::string sql = in_tablespace(index.tablespace, index.definition + ";\n") + statistics_targets(index);
  if (index.constraint == 0) sql += marks(index, relation);
  return sql;
}

ConcurrentIndex create_index_concurrently(const catalog::IndexInfo& index,
                                          const catalog::Relation& relation) {
  constexpr std::string_view kIndex = "INDEX ";  // CREATE [UNIQUE] INDEX name ON …
  ConcurrentIndex made;
  made.drop = "DROP INDEX CONCURRENTLY " + quoted(index.name);
  made.set_tablespace = "SET default_tablespace = " + quote_literal(index.tablespace);
  made.create = index.definition;
  made.create.insert(made.create.find(kIndex) + kIndex.size(), "CONCURRENTLY ");
  made.marks = statistics_targets(index) + (index.constraint == 0 ? marks(index, relation) : "");
  return made;
}

std::string attach_index(const catalog::IndexInfo& parent, const catalog::IndexInfo& child) {
  return "ALTER INDEX " + quoted(parent.name) + " ATTACH PARTITION " + quoted(child.name) + ";\n";
}

std::string add_key(const catalog::Constraint& key, const catalog::Relation& relation,
                    const catalog::IndexInfo& index) {
  const std::string add = "ALTER TABLE ONLY " + quoted(relation.name) + " ADD CONSTRAINT " + quote(key.name);
  if (catalog::built_from_index(key, relation)) {
    return add + (key.kind == 'p' ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " + quote(index.name.name) +
           deferral(key) + ";\n" + marks(index, relation);
  }
  return in_tablespace(index.tablespace, add + " " + with_storage_options(key, index) + ";\n") +
         statistics_targets(index) + marks(index, relation);
}

std::string add_foreign_key(const catalog::Constraint& key, const catalog::Relation& relation,
                            bool not_valid) {
  // It follows pg_dump: a partitioned table passes its key on, any other keeps it from its children.
  return std::string("ALTER TABLE ") + (relation.kind == 'p' ? "" : "ONLY ") + quoted(relation.name) +
         " ADD CONSTRAINT " + quote(key.name) + " " + key.definition + (not_valid ? " NOT VALID" : "") +
         ";\n";
}

std::string validate_foreign_key(const catalog::Constraint& key, const catalog::Relation& relation) {
  return "ALTER TABLE ONLY " + quoted(relation.name) + " VALIDATE CONSTRAINT " + quote(key.name) + ";\n";
}

std::vector<std::string> set_sequences(const std::vector<catalog::Sequence>& sequences) {
  std::vector<std::string> statements;
  std::string values;
  const auto flush = [&] {
    if (values.empty()) return;
    statements.push_back("SELECT pg_catalog.setval(name::pg_catalog.regclass, value, called) FROM (VALUES\n" +
                         values + ") AS sequences (name, value, called)");
    values.clear();
  };
  for (const catalog::Sequence& sequence : sequences) {
    if (!sequence.unreadable_reason.empty()) continue;
    values += (values.empty() ? "(" : ",\n(") + quote_literal(quoted(sequence.name)) + ", bigint '" +
              std::to_string(sequence.last_value) + "', " + (sequence.is_called ? "true" : "false") + ")";
    if (values.size() >= 64_KiB) flush();
  }
  flush();
  return statements;
}

std::string set_in_database(const catalog::DatabaseSetting& setting, const std::string& database) {
  const std::string where = setting.role.empty()
                                ? "ALTER DATABASE " + quote(database)
                                : "ALTER ROLE " + quote(setting.role) + " IN DATABASE " + quote(database);
  return where + " SET " + quote(setting.name) + " TO " + as_written(setting.name, setting.value);
}

std::string set_for_role(const std::string& role, const std::string& name, const std::string& value) {
  return "ALTER ROLE " + quote(role) + " SET " + quote(name) + " TO " + as_written(name, value);
}

}  // namespace pghaul::schema

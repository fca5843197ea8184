#include "follow/table_statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "follow/shown_relation.h"
#include "postgres/quote.h"

namespace pghaul::follow {
namespace {

using changes::Column;
using changes::OldRow;
using changes::Relation;
using changes::Row;
using changes::Value;
using postgres::quote;

/// Types with OIDs below this are the same on all servers.
/// Source  PostgreSQL's src/include/access/transam.h, FirstNormalObjectId.
constexpr std::uint32_t kFirstUserOid = 16384;

tl::unexpected<Error> differs(const Relation& relation, const std::string& how, const std::string& hint) {
  return fail(Error{.code = ErrorCode::mismatch,
                    .message = "table " + shown(relation) + " is not the same on source and target: " + how,
                    .sqlstate = {},
                    .hint = hint,
                    .object = shown(relation)});
}

std::string alter(const Relation& relation, const std::string& what) {
  return "make the source's change on the target, too: ALTER TABLE " + quote(relation.schema, relation.name) +
         " " + what;
}

bool same_type(const Column& source, const TargetColumn& target) {
  const bool comparable = source.type < kFirstUserOid || target.type_oid < kFirstUserOid;
  return (!comparable || source.type == target.type_oid) && source.modifier == target.modifier;
}

void append(std::string& list, const std::string& separator, const std::string& element) {
  if (!list.empty()) list += separator;
  list += element;
}

/// Names a column of the table where the statement has columns of other rows, too.
std::string column_name(Rows rows, const std::string& name) {
  return (rows == Rows::all ? "t." : "") + quote(name);
}

/// Returns the rows that the statement's parameters are the columns of.
std::string given_rows(const Statement& statement) {
  std::string arrays;
  std::string names;
  for (std::size_t i = 1; i <= statement.parameters.size(); ++i) {
    append(arrays, ", ", fmt::format("${}::pg_catalog.text[]", i));
    append(names, ", ", fmt::format("c{}", i));
  }
  return "unnest(" + arrays + ") AS v(" + names + ")";  // qualified, it takes one array only
}

}  // namespace

TableStatements::TableStatements(const Relation& source, TargetTable target)
    : source_(source),
      target_(std::move(target)),
      name_(quote(source.schema, source.name)),
      only_(target_.partitioned ? "" : "ONLY ") {}

Result<TableStatements> TableStatements::match(const Relation& source, TargetTable target) {
  TableStatements statements(source, std::move(target));
  std::vector<TargetColumn>& columns = statements.target_.columns;
  std::vector<bool> filled(columns.size());
  for (const Column& column : source.columns) {
    const auto found = std::ranges::find(columns, column.name, &TargetColumn::name);
    if (found == columns.end()) {
      return differs(source, "the target has no column " + quote(column.name),
                     alter(source, "ADD COLUMN " + quote(column.name) + " …"));
    }
    if (!same_type(column, *found)) {
      return differs(source, "column " + quote(column.name) + " is of another type on the target",
                     alter(source, "ALTER COLUMN " + quote(column.name) + " TYPE …"));
    }
    if (found->generated && column.in_identity) {
      return differs(source,
                     "column " + quote(column.name) + " tells rows apart, but is generated on the target",
                     "choose another REPLICA IDENTITY on the source");
    }
    const auto place = static_cast<std::size_t>(found - columns.begin());
    filled[place] = true;
    statements.places_.push_back(place);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (filled[i] || columns[i].generated) continue;
    return differs(source, "the source has no column " + quote(columns[i].name) + ", which the target has",
                   alter(source, "DROP COLUMN " + quote(columns[i].name)));
  }
  for (const std::vector<KeyColumn>& key : statements.target_.deferred) {
    const bool has_values = std::ranges::all_of(key, [&](const KeyColumn& column) {
      return std::ranges::find(source.columns, column.name, &Column::name) != source.columns.end();
    });
    if (has_values) statements.deferred_keys_.push_back(statements.deferred_key(key));
  }
  return statements;
}

TableStatements::DeferredKey TableStatements::deferred_key(const std::vector<KeyColumn>& key) const {
  DeferredKey deferred;
  Statement statement;
  std::string condition;
  std::string names;
  for (const KeyColumn& column : key) {
    const auto place = static_cast<std::size_t>(
        std::ranges::find(source_.columns, column.name, &Column::name) - source_.columns.begin());
    deferred.columns.push_back(place);
    append(condition, " AND ",
           quote(column.name) + " " + column.equals + " " + parameter(statement, Rows::one, false, place));
    append(names, ", ", quote(column.name));
  }
  deferred.find = "SELECT FROM " + only_ + name_ + " WHERE " + condition + " OFFSET 1";
  deferred.find_any = "SELECT FROM " + only_ + name_ + " WHERE (" + names + ") IS NOT NULL GROUP BY " +
                      names + " HAVING pg_catalog.count(*) > 1 LIMIT 1";
  return deferred;
}

std::string TableStatements::parameter(Statement& statement, Rows rows, bool old, std::size_t column) const {
  statement.parameters.push_back({.old = old, .column = static_cast<std::uint16_t>(column)});
  return fmt::format("{}{}::{}", rows == Rows::all ? "v.c" : "$", statement.parameters.size(),
                     target(column).type);
}

Statement TableStatements::insert(Rows rows) const {
  Statement statement;
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < source_.columns.size(); ++i) {
    if (target(i).generated) continue;
    append(names, ", ", quote(source_.columns[i].name));
    append(values, ", ", parameter(statement, rows, false, i));
  }
  statement.sql = "INSERT INTO " + name_;
  if (names.empty()) {
    statement.sql += " DEFAULT VALUES";
  } else {
    statement.sql += " (" + names + ") OVERRIDING SYSTEM VALUE " +
                     (rows == Rows::all ? "SELECT " + values + " FROM " + given_rows(statement)
                                        : "VALUES (" + values + ")");
  }
  return statement;
}

Result<Statement> TableStatements::update(const changes::Update& update, Rows rows) const {
  Statement statement;
  std::string sets;
  std::string fixed;      // what can't be set must have its new value already
  std::string by_itself;  // an assignment that changes nothing
  for (std::size_t i = 0; i < source_.columns.size(); ++i) {
    const TargetColumn& column = target(i);
    if (column.generated) continue;
    const std::string name = quote(column.name);
    if (!column.always_identity) by_itself = name + " = " + column_name(rows, column.name);
    if (update.row[i].kind == Value::Kind::unchanged) continue;
    const bool in_key = update.old_kind == OldRow::none && source_.columns[i].in_identity;
    if (column.always_identity && !in_key) {
      fixed += " AND " + column_name(rows, column.name) + " = " + parameter(statement, rows, false, i);
    } else if (!in_key) {
      append(sets, ", ", name + " = " + parameter(statement, rows, false, i));
    }
  }
  if (sets.empty()) sets = by_itself;
  if (sets.empty()) {
    return differs(source_, "an UPDATE changed it, and the target lets none of its columns be updated",
                   alter(source_, "ALTER COLUMN … SET GENERATED BY DEFAULT"));
  }
  const Result<std::string> row = find_row(statement, rows, update.old_kind, update.old);
  if (!row) return fail(row.error());
  const bool all = rows == Rows::all;
  statement.sql = "UPDATE " + only_ + name_ + (all ? " AS t" : "") + " SET " + sets +
                  (all ? " FROM " + given_rows(statement) : "") + " WHERE " + *row + fixed;
  return statement;
}

Result<Statement> TableStatements::remove(const changes::Delete& removed, Rows rows) const {
  Statement statement;
  const Result<std::string> row = find_row(statement, rows, removed.old_kind, removed.old);
  if (!row) return fail(row.error());
  const bool all = rows == Rows::all;
  statement.sql = "DELETE FROM " + only_ + name_ +
                  (all ? " AS t USING " + given_rows(statement) : std::string()) + " WHERE " + *row;
  return statement;
}

bool TableStatements::singly() const {
  return target_.singly ||
         std::ranges::all_of(places_, [&](std::size_t place) { return target_.columns[place].generated; });
}

Result<std::string> TableStatements::find_row(Statement& statement, Rows rows, OldRow kind, Row old) const {
  if (kind != OldRow::full) return find_by_key(statement, rows, kind == OldRow::key);
  const std::string place = target_.partitioned ? "(tableoid, ctid)" : "ctid";
  const std::string columns = target_.partitioned ? "tableoid, ctid" : "ctid";
  return place + " = (SELECT " + columns + " FROM " + only_ + name_ + " WHERE " +
         find_by_row(statement, old) + " LIMIT 1)";
}

Result<std::string> TableStatements::find_by_key(Statement& statement, Rows rows, bool key_is_old) const {
  std::vector<std::string> wanted;
  for (const Column& column : source_.columns) {
    if (column.in_identity) wanted.push_back(column.name);
  }
  std::ranges::sort(wanted);
  const auto key = std::ranges::find_if(target_.keys, [&](const std::vector<KeyColumn>& columns) {
    std::vector<std::string> names;
    for (const KeyColumn& column : columns) names.push_back(column.name);
    std::ranges::sort(names);
    return !wanted.empty() && names == wanted;
  });
  if (key == target_.keys.end()) {
    std::string names;
    for (const std::string& name : wanted) append(names, ", ", quote(name));
    return differs(source_,
                   "the target has no unique index on (" + names + "), by which its rows are told apart",
                   "create it on the target");
  }
  std::string condition;
  for (const KeyColumn& column : *key) {
    const auto place =
        std::ranges::find(source_.columns, column.name, &Column::name) - source_.columns.begin();
    append(condition, " AND ",
           column_name(rows, column.name) + " " + column.equals + " " +
               parameter(statement, rows, key_is_old, static_cast<std::size_t>(place)));
  }
  return condition;
}

std::string TableStatements::find_by_row(Statement& statement, Row old) const {
  std::string condition;
  for (std::size_t i = 0; i < source_.columns.size(); ++i) {
    const TargetColumn& column = target(i);
    const std::string name = quote(column.name);
    if (old[i].kind == Value::Kind::null) {
      append(condition, " AND ", name + " IS NOT DISTINCT FROM NULL");  // a composite of NULLs IS NULL, too
      continue;
    }
    const std::string value = parameter(statement, Rows::one, true, i);
    if (!column.equals.empty()) append(condition, " AND ", name + " " + column.equals + " " + value);
    if (column.equals.empty()) append(condition, " AND ", name + " IS DISTINCT FROM NULL");
    append(condition, " AND ",
           fmt::format("pg_catalog.format('%s', {}) = pg_catalog.format('%s', {})", name, value));
  }
  return condition.empty() ? "true" : condition;
}

}  // namespace pghaul::follow

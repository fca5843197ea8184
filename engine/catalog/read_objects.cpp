#include "catalog/read_objects.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "catalog/object_query.h"
#include "catalog/user_objects.h"
#include "postgres/quote.h"

namespace pghaul::catalog {
namespace {

constexpr int kColumnsBeforeAspects = 6;
constexpr Oid kPgClass = 1259;  // the catalog's own OID, fixed

std::string literals(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + postgres::quote_literal(name);
  return text.empty() ? "''" : text;
}

bool is_left_out(const ObjectQuery& query, const ObjectScope& scope) {
  switch (query.left_out_by) {
    case LeftOutBy::nothing:
      return false;
    case LeftOutBy::no_acl:
      return !scope.with_acl;
    case LeftOutBy::no_owner_of_database:
      return !scope.with_owner || !scope.database;
    case LeftOutBy::no_acl_of_database:
      return !scope.with_acl || !scope.database;
    case LeftOutBy::choice_of_schemas:
      return !scope.database;
    case LeftOutBy::large_objects:
      return !scope.large_objects;
    case LeftOutBy::no_comments:
      return !scope.comments;
    case LeftOutBy::no_comment_of_database:
      return !scope.comments || !scope.database;
    case LeftOutBy::no_security_labels:
      return !scope.security_labels;
    case LeftOutBy::no_publications:
      return !scope.publications;
    case LeftOutBy::no_subscriptions:
      return !scope.subscriptions || !scope.database;
    case LeftOutBy::no_event_triggers:
      return !scope.event_triggers;
  }
  return false;
}

/// Drops the aspects that are not compared, on both sides alike.
void leave_out_columns(ObjectQuery& query, const ObjectScope& scope) {
  std::erase_if(query.columns, [&](const ObjectQuery::Column& column) {
    return (!scope.tablespaces && column.aspect.name == "tablespace") ||
           (!scope.comments && column.aspect.name == "comment");
  });
}

std::vector<ObjectQuery> queries_for(const ObjectScope& scope, int version) {
  constexpr int kMajor = 10000;
  const Versions versions{version, std::min(version, scope.other_version),
                          version / kMajor == scope.other_version / kMajor, literals(scope.extensions)};
  std::vector<ObjectQuery> queries;
  for (const auto& family :
       {relation_queries, table_part_queries, type_queries, routine_queries, search_queries,
        foreign_data_queries, database_queries, comment_queries, extension_queries}) {
    std::ranges::move(family(versions), std::back_inserter(queries));
  }
  queries.push_back(large_object_query(versions, scope.large_object_groups, scope.large_objects_left_out));
  std::erase_if(queries, [&](const ObjectQuery& query) { return is_left_out(query, scope); });
  for (ObjectQuery& query : queries) leave_out_columns(query, scope);
  return queries;
}

std::string statement_of(const ObjectQuery& query) {
  std::string sql = "SELECT " + query.schema + ", " + query.name + ", " + query.part + ", " +
                    (query.catalog.empty() ? "0" : query.catalog + "::oid") + ", " + query.oid + ", " +
                    query.refers;
  for (const ObjectQuery::Column& column : query.columns) sql += ", " + column.sql;
  return sql + " FROM " + query.from;
}

ObjectClass class_from(const postgres::Rows& rows, const ObjectQuery& query, const ObjectScope& scope) {
  ObjectClass known{.label = query.label,
                    .shown = query.shown,
                    .aspects = {},
                    .objects = {},
                    .only_sources = query.only_sources,
                    .not_carried = query.not_carried};
  for (const ObjectQuery::Column& column : query.columns) known.aspects.push_back(column.aspect);

  for (int row = 0; row < rows.size(); ++row) {
    if (scope.belongs && !query.catalog.empty()) {
      if (!scope.belongs(rows.oid(row, 3), rows.oid(row, 4))) continue;
      const Oid refers = rows.oid(row, 5);
      if (refers != 0 && !scope.belongs(kPgClass, refers)) continue;
    }
    Object object{{rows.string(row, 0), rows.string(row, 1)}, rows.string(row, 2), {}};
    object.aspects.reserve(known.aspects.size());
    for (std::size_t i = 0; i < known.aspects.size(); ++i) {
      object.aspects.push_back(rows.string(row, kColumnsBeforeAspects + static_cast<int>(i)));
    }
    known.objects.push_back(std::move(object));
  }
  return known;
}

}  // namespace

Result<std::vector<ObjectClass>> read_objects(postgres::Connection& connection, const ObjectScope& scope) {
  connection.send_ahead("SET LOCAL client_encoding = " + postgres::quote_literal(scope.encoding));
  // All are quoted, as a word may be reserved on only one of the servers.
  connection.send_ahead("SET LOCAL quote_all_identifiers = on");
  const std::vector<ObjectQuery> queries = queries_for(scope, connection.version());
  std::vector<std::string> statements;
  for (const ObjectQuery& query : queries) statements.push_back(statement_of(query));
  statements.push_back(extensions_own_rows_sql(literals(scope.extensions)));
  const Result<std::vector<postgres::Rows>> answers = connection.query_all(statements);
  if (!answers) return answers.error().during(listing("objects", connection));
  std::vector<ObjectClass> classes;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    classes.push_back(class_from((*answers)[i], queries[i], scope));
  }
  Result<ObjectClass> rows = read_extensions_own_rows(connection, answers->back(), scope.belongs);
  if (!rows) return fail(rows.error());
  classes.push_back(std::move(*rows));
  return classes;
}

}  // namespace pghaul::catalog

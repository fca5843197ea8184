#include "tasks/copy_sql.h"

#include <fmt/format.h>

#include "postgres/quote.h"

namespace pghaul::tasks {
namespace {

std::string quoted(const catalog::Relation& relation) {
  return postgres::quote(relation.name.schema, relation.name.name);
}

std::string columns(const catalog::Relation& relation) {
  std::vector<catalog::Column> copied = relation.columns;
  std::erase_if(copied, [](const catalog::Column& column) { return column.generated; });
  return column_names(copied);
}

/// Returns the columns in parentheses; a table without columns takes no list.
std::string column_list(const catalog::Relation& relation) {
  const std::string list = columns(relation);
  return list.empty() ? std::string{} : " (" + list + ")";
}

std::string condition(const catalog::Relation& relation, const plan::PageRange& pages) {
  std::string sql;
  if (pages.first != 0) sql += fmt::format(" AND ctid >= '({},0)'", pages.first);
  if (pages.end != plan::PageRange::kOpen) sql += fmt::format(" AND ctid < '({},0)'", pages.end);
  if (!relation.condition.empty()) sql += " AND (" + relation.condition + ")";
  return sql.empty() ? sql : " WHERE" + sql.substr(4);  // 4: the first " AND"
}

}  // namespace

std::string column_names(const std::vector<catalog::Column>& columns) {
  std::string list;
  for (const catalog::Column& column : columns) {
    if (!list.empty()) list += ", ";
    list += postgres::quote(column.name);
  }
  return list;
}

std::string copy_out_sql(const catalog::Relation& relation, const plan::PageRange& pages,
                         postgres::CopyFormat format) {
  const bool plain = pages.whole() && relation.condition.empty();
  const std::string rows = plain ? quoted(relation) + column_list(relation)
                                 : fmt::format("(SELECT {} FROM ONLY {}{})", columns(relation),
                                               quoted(relation), condition(relation, pages));
  return fmt::format("COPY {} TO STDOUT (FORMAT {})", rows, postgres::copy_format_name(format));
}

std::string copy_computed_sql(const catalog::Relation& relation, const plan::PageRange& pages,
                              postgres::CopyFormat format) {
  return fmt::format("COPY (SELECT {} FROM ONLY {}{}) TO STDOUT (FORMAT {})",
                     column_names(computed_columns(relation)), quoted(relation), condition(relation, pages),
                     postgres::copy_format_name(format));
}

std::string copy_in_sql(const catalog::Relation& relation, postgres::CopyFormat format, bool freeze) {
  return fmt::format("COPY {}{} FROM STDIN (FORMAT {}{})", quoted(relation), column_list(relation),
                     postgres::copy_format_name(format), freeze ? ", FREEZE" : "");
}

std::string copy_in_sql(const catalog::Relation& relation, const catalog::Relation& parent,
                        postgres::CopyFormat format) {
  return fmt::format("COPY {}{} FROM STDIN (FORMAT {})", quoted(parent), column_list(relation),
                     postgres::copy_format_name(format));
}

bool freezes(const plan::Task& copy, const plan::TablePlan& table, const catalog::Relation& relation) {
  return copy.objects.size() == 1 && copy.pages.whole() && table.tree == catalog::kNone &&
         !table.into_existing && relation.extension.empty();
}

catalog::Relation on_target(catalog::Relation relation) {
  if (relation.extension.empty()) relation.condition.clear();
  return relation;
}

std::string count_sql(const catalog::Relation& relation) {
  return fmt::format("SELECT pg_catalog.count(*) FROM ONLY {}{}", quoted(relation), condition(relation, {}));
}

}  // namespace pghaul::tasks

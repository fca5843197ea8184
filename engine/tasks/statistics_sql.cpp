#include "tasks/statistics_sql.h"

#include <fmt/format.h>

#include <array>

#include "postgres/quote.h"

namespace pghaul::tasks {
namespace {

/// A column of pg_stats, and parameter of the same name of pg_restore_attribute_stats().
/// Source  PostgreSQL manual, "pg_stats", and "Statistics Manipulation Functions".
struct Part {
  const char* name;
  const char* type;  // the function's; for values of the column's own type: text
  int since = 0;     // version of the source
};
constexpr std::array kParts = {Part{"inherited", "boolean"},
                               Part{"null_frac", "real"},
                               Part{"avg_width", "integer"},
                               Part{"n_distinct", "real"},
                               Part{"most_common_vals", "text"},
                               Part{"most_common_freqs", "real[]"},
                               Part{"histogram_bounds", "text"},
                               Part{"correlation", "real"},
                               Part{"most_common_elems", "text"},
                               Part{"most_common_elem_freqs", "real[]"},
                               Part{"elem_count_histogram", "real[]"},
                               Part{"range_length_histogram", "text", 170000},
                               Part{"range_empty_frac", "real", 170000},
                               Part{"range_bounds_histogram", "text", 170000}};

std::string oids(const std::vector<catalog::Oid>& relations) {
  return fmt::format("'{{{}}}'::oid[]", fmt::join(relations, ","));
}

}  // namespace

std::string create_statistics_sql(const std::string& table) {
  std::string columns = "relation oid, schemaname text, relname text, attname text, attnum smallint";
  for (const Part& part : kParts) columns += fmt::format(", {} {}", part.name, part.type);
  return fmt::format("CREATE TABLE {} ({})", table, columns);
}

std::string index_statistics_sql(const std::string& table) {
  return fmt::format("CREATE INDEX ON {} (relation)", table);
}

/// Selects an index's columns by their numbers, since their names are made up; a table's by their names,
/// since numbers change where columns have been dropped. The names of all relations come first: with those,
/// pg_stats reads no others.
std::string copy_statistics_out_sql(const std::vector<catalog::Oid>& relations, int source_version) {
  std::string parts;
  for (const Part& part : kParts) {
    parts += source_version < part.since ? std::string(", NULL") : fmt::format(", s.{}", part.name);
  }
  return fmt::format(
      "COPY (SELECT held.relation, s.schemaname, s.tablename,"
      " CASE held.relkind WHEN 'i' THEN NULL ELSE s.attname END,"
      " CASE held.relkind WHEN 'i' THEN held.attnum END{0}"
      " FROM pg_catalog.pg_stats AS s CROSS JOIN LATERAL ("
      "SELECT coalesce(x.indrelid, c.oid) AS relation, c.relkind, a.attnum"
      " FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = s.schemaname"
      " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname"
      " LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.oid"
      " WHERE c.relname = s.tablename AND coalesce(x.indisvalid, true) OFFSET 0) AS held"
      " WHERE held.relation = ANY ({1}) AND s.tablename = ANY (ARRAY("
      "SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = ANY ({1}) UNION ALL"
      " SELECT c.relname FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid"
      " WHERE x.indrelid = ANY ({1}) AND c.relkind = 'i' AND 0 = ANY (x.indkey)))) TO STDOUT",
      parts, oids(relations));
}

std::string copy_statistics_in_sql(const std::string& table) {
  return fmt::format("COPY {} FROM STDIN", table);
}

/// Gives the relation itself what ANALYZE would find: its own pages, and the rows that have come.
std::string give_statistics_sql(const std::string& table, const catalog::Catalog& source,
                                const std::vector<Arrived>& relations) {
  std::string parts;
  for (const Part& part : kParts) parts += fmt::format(", '{0}', s.{0}", part.name);
  std::string values;
  std::vector<catalog::Oid> given;
  for (const Arrived& one : relations) {
    const catalog::Relation& relation = source.relations[one.place];
    given.push_back(relation.oid);
    values +=
        fmt::format("{}({}, {}::oid, {}, {}, {}::real, {}, {})", values.empty() ? "" : ", ", one.place,
                    relation.oid, postgres::quote_literal(relation.name.schema),
                    postgres::quote_literal(relation.name.name), one.rows, relation.kind == 'p', one.frozen);
  }
  return fmt::format(
      "SELECT held.place, coalesce(columns.went_in, false) AND pg_catalog.pg_restore_relation_stats("
      "'schemaname', held.schema, 'relname', held.name, 'reltuples', held.rows, 'relpages', size.pages,"
      " 'relallvisible', CASE WHEN held.frozen THEN size.pages END,"
      " 'relallfrozen', CASE WHEN held.frozen THEN size.pages END)"
      " FROM (VALUES {2}) AS held(place, relation, schema, name, rows, partitioned, frozen)"
      " CROSS JOIN LATERAL (SELECT CASE WHEN held.partitioned THEN -1 ELSE (pg_catalog.pg_relation_size("
      "pg_catalog.format('%I.%I', held.schema, held.name)::regclass)"
      " / pg_catalog.current_setting('block_size')::integer)::integer END AS pages) AS size"
      " LEFT JOIN (SELECT s.relation, pg_catalog.bool_and(pg_catalog.pg_restore_attribute_stats("
      "'schemaname', s.schemaname, 'relname', s.relname, 'attname', s.attname, 'attnum', s.attnum{1}))"
      " AS went_in FROM {0} AS s WHERE s.relation = ANY ({3})"
      " GROUP BY s.relation) AS columns ON columns.relation = held.relation",
      table, parts, values, oids(given));
}

}  // namespace pghaul::tasks

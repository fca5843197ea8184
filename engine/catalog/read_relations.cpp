#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Lists relations, the last column of which tells whether the role may LOCK TABLE, without which nothing is
/// read: that takes SELECT on the table; on all its columns is not enough.
const std::string kRelations = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, pg_catalog.pg_get_userbyid(c.relowner),
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid, 'main') END,
       pg_catalog.current_setting('block_size'),
       CASE WHEN c.reltoastrelid <> 0 AND pg_catalog.pg_relation_size(c.reltoastrelid, 'main') > 0
         THEN pg_catalog.pg_total_relation_size(c.reltoastrelid) END,
       c.reltuples, c.relpages, c.relispopulated, coalesce(parent.inhparent, 0),
       CASE
         WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN 'the role has no USAGE on its schema'
         WHEN NOT pg_catalog.has_table_privilege(c.oid, 'SELECT') THEN
           CASE WHEN pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
             THEN 'the role has SELECT on some of its columns only' ELSE 'the role has no SELECT on it' END
         WHEN c.relkind = 'r' AND c.relrowsecurity AND pg_catalog.row_security_active(c.oid)
           THEN 'its row security hides rows from the role'
         WHEN c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()
           THEN 'it is unlogged: a standby does not have its rows'
       END,
       extension.extname,
       extension.extcondition[pg_catalog.array_position(extension.extconfig, c.oid)],
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS parent ON c.relispartition AND parent.inhrelid = c.oid
)" + kJoinExtension + R"(
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND )" +
                               kUserRelation + R"(
ORDER BY n.nspname, c.relname)";

/// Returns -1 for a table that was never counted: before PostgreSQL 14, no rows and no pages meant that.
double estimated_rows(double counted, std::int64_t pages, int version) {
  return version < 140000 && counted == 0 && pages == 0 ? -1 : counted;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Strips the keyword from an extension's condition: "WHERE …" or nothing.
std::string condition_of(std::string_view said) {
  while (!said.empty() && is_space(said.front())) said.remove_prefix(1);
  constexpr std::string_view where = "where";
  const bool begins_with_where = said.size() > where.size() &&
                                 std::equal(where.begin(), where.end(), said.begin(), [](char lower, char c) {
                                   return lower == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
                                 });
  return std::string(begins_with_where ? said.substr(where.size()) : said);
}

Relation relation_from(const postgres::Rows& rows, int row, int version) {
  Relation relation;
  relation.oid = rows.oid(row, 0);
  relation.name = {rows.string(row, 1), rows.string(row, 2)};
  relation.kind = rows.text(row, 3).front();
  relation.persistence = rows.text(row, 4).front();
  relation.owner = rows.string(row, 5);
  relation.heap_bytes = rows.integer(row, 6);
  relation.heap_pages = static_cast<std::uint32_t>(relation.heap_bytes / rows.integer(row, 7));
  relation.toast_bytes = rows.integer(row, 8);
  relation.estimated_rows = estimated_rows(rows.real(row, 9), rows.integer(row, 10), version);
  relation.populated = rows.boolean(row, 11);
  relation.parent = rows.oid(row, 12);
  relation.readable = rows.is_null(row, 13);
  relation.unreadable_reason = rows.string(row, 13);
  relation.extension = rows.string(row, 14);
  relation.condition = condition_of(rows.text(row, 15));
  relation.lockable = rows.boolean(row, 16);
  return relation;
}

std::string columns_sql(int version) {
  const std::string generated = version >= 120000 ? "a.attgenerated <> ''" : "false";
  return R"(
SELECT kept.place - 1, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod), )" +
         generated + R"(,
       coalesce(a.attnum = ANY (k.conkey), false)
FROM pg_catalog.unnest($1::oid[]) WITH ORDINALITY AS kept(oid, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = kept.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = kept.oid AND k.contype = 'p'
ORDER BY kept.place, a.attnum)";
}

/// Lists the foreign keys between configuration tables.
constexpr const char* kReferences = R"(
SELECT k.conrelid, k.confrelid
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'f' AND k.conrelid = ANY ($1::oid[]) AND k.confrelid = ANY ($1::oid[])
  AND k.confrelid <> k.conrelid
ORDER BY k.conrelid, k.confrelid)";

/// Sorts a partition's columns as its parent's, since its digests shall add up with those of its siblings.
void order_as_parents(std::vector<Relation>& relations) {
  std::unordered_map<Oid, const Relation*> partitioned;
  for (const Relation& relation : relations) {
    if (relation.kind == 'p') partitioned.emplace(relation.oid, &relation);
  }
  for (Relation& relation : relations) {
    const Relation* top = nullptr;
    for (auto parent = partitioned.find(relation.parent); parent != partitioned.end();
         parent = partitioned.find(top->parent)) {
      top = parent->second;
    }
    if (top == nullptr) continue;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const Column& column : top->columns) places.emplace(column.name, places.size());
    std::ranges::stable_sort(relation.columns, {}, [&](const Column& column) {
      const auto place = places.find(column.name);
      return place == places.end() ? places.size() : place->second;
    });
  }
}

/// Follows each materialized view to what its query names, and on from views to what theirs name, from
/// functions to what their bodies name (where these are parsed: BEGIN ATOMIC), from parents to their
/// children.
constexpr const char* kDependencies = R"(
WITH RECURSIVE reads(view, class, object) AS (
  SELECT kept.oid, 'pg_catalog.pg_class'::regclass::oid, kept.oid
  FROM pg_catalog.unnest($1::oid[]) AS kept(oid)
  UNION
  SELECT reads.view, next.class, next.object
  FROM reads
  CROSS JOIN LATERAL (
    SELECT d.refclassid, d.refobjid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = c.oid
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
    WHERE reads.class = 'pg_catalog.pg_class'::regclass AND c.oid = reads.object
      AND (c.relkind = 'v' OR c.oid = reads.view)
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_catalog.pg_depend AS d
    WHERE reads.class = 'pg_catalog.pg_proc'::regclass
      AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = reads.object
    UNION ALL
    SELECT 'pg_catalog.pg_class'::regclass, i.inhrelid
    FROM pg_catalog.pg_inherits AS i
    WHERE reads.class = 'pg_catalog.pg_class'::regclass AND i.inhparent = reads.object
  ) AS next(class, object)
  WHERE next.class IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_proc'::regclass)
)
SELECT reads.view, reads.object
FROM reads
JOIN pg_catalog.pg_class AS c ON c.oid = reads.object
WHERE reads.class = 'pg_catalog.pg_class'::regclass AND reads.object <> reads.view
  AND c.relkind IN ('r', 'p', 'm', 'f')
ORDER BY reads.view, reads.object)";

}  // namespace

Result<std::vector<Relation>> list_relations(postgres::Connection& connection,
                                             const std::function<bool(Oid)>& belongs) {
  const Result<postgres::Rows> rows = connection.query(kRelations);
  if (!rows) return rows.error().during(listing("tables", connection));
  std::vector<Relation> relations;
  for (int row = 0; row < rows->size(); ++row) {
    if (belongs(rows->oid(row, 0))) relations.push_back(relation_from(*rows, row, connection.version()));
  }
  return relations;
}

Status read_columns(postgres::Connection& connection, std::vector<Relation>& relations) {
  const Result<postgres::Rows> rows =
      connection.query(columns_sql(connection.version()), {oid_array(relations, OfExtensions::wanted)});
  if (!rows) return rows.error().during(listing("columns", connection));
  for (int row = 0; row < rows->size(); ++row) {
    relations[static_cast<Place>(rows->integer(row, 0))].columns.push_back(
        {rows->string(row, 1), rows->oid(row, 2), rows->string(row, 3), rows->boolean(row, 4),
         rows->boolean(row, 5)});
  }
  order_as_parents(relations);
  return {};
}

Status read_dependencies(postgres::Connection& connection, std::vector<Relation>& relations) {
  std::vector<Oid> views;
  std::vector<Oid> configuration;
  std::unordered_map<Oid, Relation*> relation_of;
  for (Relation& relation : relations) {
    if (relation.kind == 'm') views.push_back(relation.oid);
    if (relation.kind != 'm' && !relation.extension.empty()) configuration.push_back(relation.oid);
    relation_of.emplace(relation.oid, &relation);
  }
  const auto fill_in = [&](const char* sql, const std::vector<Oid>& oids, const char* what) -> Status {
    if (oids.empty()) return {};
    const Result<postgres::Rows> rows = connection.query(sql, {oid_array(oids)});
    if (!rows) return rows.error().during(listing(what, connection));
    for (int row = 0; row < rows->size(); ++row) {
      relation_of.at(rows->oid(row, 0))->depends_on.push_back(rows->oid(row, 1));
    }
    return {};
  };
  if (const Status read = fill_in(kDependencies, views, "materialized views"); !read) return read;
  return fill_in(kReferences, configuration, "extensions' configuration tables");
}

}  // namespace pghaul::catalog

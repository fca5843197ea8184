#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Pages of a table whose indexes' sizes matter so little that the count of the last VACUUM will do: for the
/// real size, the server would have to open each of them.
const std::string kSmallTable = "128";

std::string heap_pages(const std::vector<Relation>& relations) {
  std::string array = "{";
  for (const Relation& relation : relations) {
    if (array.size() > 1) array += ',';
    array += std::to_string(relation.heap_pages);
  }
  return array += '}';
}

std::string indexes_sql(int version) {
  return R"(
SELECT kept.place - 1, x.indexrelid, n.nspname, c.relname, pg_catalog.pg_get_indexdef(x.indexrelid), am.amname,
       CASE
         WHEN c.relkind <> 'i' THEN 0
         WHEN kept.pages < )" +
         kSmallTable + R"( THEN c.relpages * pg_catalog.current_setting('block_size')::bigint
         ELSE pg_catalog.pg_relation_size(x.indexrelid, 'main')
       END,
       x.indisunique, (x.indisvalid OR c.relkind = 'I') AND x.indisready AND x.indislive,
       x.indisclustered, x.indisreplident, c.relkind = 'I', coalesce(parent.inhparent, 0),
       coalesce(key.oid, 0), statistics.columns, statistics.targets,
       am.amname = 'btree' AND x.indcollation[0] <> 0 AND family.opfname !~ '_pattern_ops$'
         AND NOT CASE sorting.collprovider
                   WHEN 'd' THEN )" +
         default_compares_bytes(version) + R"(
                   WHEN 'c' THEN sorting.collcollate IN ('C', 'POSIX')
                   ELSE sorting.collprovider = 'b'
                 END,
       space.spcname,
       (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || '='
                                     || pg_catalog.quote_literal(o.option_value), ', ')
        FROM pg_catalog.pg_options_to_table(c.reloptions) AS o),
       depends.extensions
FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::bigint[])) WITH ORDINALITY AS kept(oid, pages, place)
JOIN pg_catalog.pg_index AS x ON x.indrelid = kept.oid
JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
JOIN pg_catalog.pg_opclass AS class ON class.oid = x.indclass[0]
JOIN pg_catalog.pg_opfamily AS family ON family.oid = class.opcfamily
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_collation AS sorting ON sorting.oid = x.indcollation[0]
LEFT JOIN pg_catalog.pg_tablespace AS space ON space.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_inherits AS parent ON parent.inhrelid = x.indexrelid
LEFT JOIN pg_catalog.pg_constraint AS key
  ON key.conrelid = x.indrelid AND key.conindid = x.indexrelid AND key.contype IN ('p', 'u', 'x')
LEFT JOIN (
  SELECT a.attrelid, pg_catalog.array_agg(a.attnum ORDER BY a.attnum) AS columns,
         pg_catalog.array_agg(a.attstattarget ORDER BY a.attnum) AS targets
  FROM pg_catalog.pg_attribute AS a
  WHERE a.attnum > 0 AND a.attstattarget >= 0
  GROUP BY a.attrelid
) AS statistics ON statistics.attrelid = x.indexrelid
LEFT JOIN (
  SELECT d.objid, pg_catalog.string_agg(e.extname, E'\n' ORDER BY e.extname) AS extensions
  FROM pg_catalog.pg_depend AS d
  JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'x'
    AND d.refclassid = 'pg_catalog.pg_extension'::regclass
  GROUP BY d.objid
) AS depends ON depends.objid = x.indexrelid
ORDER BY kept.place, c.relname)";
}

std::vector<std::pair<int, int>> statistics_from(const postgres::Rows& rows, int row) {
  const std::vector<std::uint32_t> columns = rows.oids(row, 14);
  const std::vector<std::uint32_t> targets = rows.oids(row, 15);
  std::vector<std::pair<int, int>> statistics;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    statistics.emplace_back(static_cast<int>(columns[i]), static_cast<int>(targets[i]));
  }
  return statistics;
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    all.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), all.back().size() + 1));
  }
  return all;
}

IndexInfo index_from(const postgres::Rows& rows, int row) {
  IndexInfo index;
  index.relation = static_cast<Place>(rows.integer(row, 0));
  index.oid = rows.oid(row, 1);
  index.name = {rows.string(row, 2), rows.string(row, 3)};
  index.definition = rows.string(row, 4);
  index.access_method = rows.string(row, 5);
  index.bytes = rows.integer(row, 6);
  index.unique = rows.boolean(row, 7);
  index.valid = rows.boolean(row, 8);
  index.clustered = rows.boolean(row, 9);
  index.replica_identity = rows.boolean(row, 10);
  index.partitioned = rows.boolean(row, 11);
  index.parent = rows.oid(row, 12);
  index.constraint = rows.oid(row, 13);
  index.statistics = statistics_from(rows, row);
  index.text_key = rows.boolean(row, 16);
  index.tablespace = rows.string(row, 17);
  index.options = rows.string(row, 18);
  index.extensions = lines(rows.text(row, 19));
  return index;
}

}  // namespace

std::string default_compares_bytes(int version) {
  const std::string is_c = "d.datcollate IN ('C', 'POSIX')";
  if (version < 150000) return is_c;
  return "CASE d.datlocprovider WHEN 'c' THEN " + is_c + " ELSE d.datlocprovider = 'b' END";
}

Result<std::vector<IndexInfo>> read_indexes(postgres::Connection& connection,
                                            std::vector<Relation>& relations) {
  const Result<postgres::Rows> rows =
      connection.query(indexes_sql(connection.version()),
                       {oid_array(relations, OfExtensions::left_out), heap_pages(relations)});
  if (!rows) return rows.error().during(listing("indexes", connection));
  std::vector<IndexInfo> indexes;
  for (int row = 0; row < rows->size(); ++row) {
    indexes.push_back(index_from(*rows, row));
    relations[indexes.back().relation].index_bytes += indexes.back().bytes;
  }
  return indexes;
}

}  // namespace pghaul::catalog

#include <string>
#include <vector>

#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// A kind of objects, all of one catalog, whose rows are called `x` in the SQL of the fields.
struct Kind {
  std::string kind;
  std::string catalog;
  std::string name;
  std::string schema;  // the column with the schema's OID; empty: they have none
  std::string condition = "true";
};

/// Not listed are parts of others: columns, constraints, indexes, triggers, rules, policies, user mappings,
/// casts and functions that come with a range type. In the order in which they are to be told.
std::vector<Kind> kinds(int version) {
  const std::string relation_kind =
      "CASE x.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'"
      " WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END";
  const std::string function_kind =
      version >= 110000
          ? "CASE x.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END"
          : "CASE WHEN x.proisagg THEN 'aggregate' ELSE 'function' END";
  const std::string not_of_column =
      "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass"
      " AND d.objid = x.oid AND d.objsubid = 0 AND d.deptype = 'a' AND d.refobjsubid > 0)";
  return {
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind IN ('r', 'p') AND x.relpersistence <> 't'"},
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind IN ('v', 'm', 'f') AND x.relpersistence <> 't'"},
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind = 'S' AND x.relpersistence <> 't' AND " + not_of_column},
      {function_kind, "pg_proc", "x.proname", "pronamespace"},
      {"'type'", "pg_type", "x.typname", "typnamespace"},
      {"'schema'", "pg_namespace", "x.nspname", "", "x.nspname !~ '^pg_' AND x.nspname <> 'public'"},
      {"'operator'", "pg_operator", "x.oprname", "oprnamespace"},
      {"'operator class'", "pg_opclass", "x.opcname", "opcnamespace"},
      {"'operator family'", "pg_opfamily", "x.opfname", "opfnamespace"},
      {"'collation'", "pg_collation", "x.collname", "collnamespace"},
      {"'conversion'", "pg_conversion", "x.conname", "connamespace"},
      {"'statistics object'", "pg_statistic_ext", "x.stxname", "stxnamespace"},
      {"'text search configuration'", "pg_ts_config", "x.cfgname", "cfgnamespace"},
      {"'text search dictionary'", "pg_ts_dict", "x.dictname", "dictnamespace"},
      {"'text search parser'", "pg_ts_parser", "x.prsname", "prsnamespace"},
      {"'text search template'", "pg_ts_template", "x.tmplname", "tmplnamespace"},
      {"'language'", "pg_language", "x.lanname", ""},
      {"'cast'", "pg_cast",
       "pg_catalog.format_type(x.castsource, NULL) || ' AS ' || pg_catalog.format_type(x.casttarget, NULL)",
       ""},
      {"'transform'", "pg_transform", "pg_catalog.format_type(x.trftype, NULL)", ""},
      {"'access method'", "pg_am", "x.amname", ""},
      {"'foreign-data wrapper'", "pg_foreign_data_wrapper", "x.fdwname", ""},
      {"'server'", "pg_foreign_server", "x.srvname", ""},
      {"'event trigger'", "pg_event_trigger", "x.evtname", ""},
      {"'publication'", "pg_publication", "x.pubname", ""},
      {"'default privileges'", "pg_default_acl", "pg_catalog.pg_get_userbyid(x.defaclrole)", ""},
  };
}

/// `rank`: where this kind comes among the others. Members of extensions, and what exists because of
/// something else (deptype i), are left out.
std::string listing_of(const Kind& kind, std::size_t rank) {
  const std::string catalog = "pg_catalog." + kind.catalog;
  const std::string join = kind.schema.empty() ? ""
                                               : " JOIN pg_catalog.pg_namespace AS n ON n.oid = x." +
                                                     kind.schema + " AND " + kUserSchema;
  return "SELECT " + std::to_string(rank) + ", " + kind.kind + ", " +
         (kind.schema.empty() ? "''" : "n.nspname") + "::text, (" + kind.name + ")::text, " +
         (kind.catalog == "pg_class"
              ? "CASE WHEN x.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(x.oid) END"
              : "NULL::bigint") +
         " FROM " + catalog + " AS x" + join + " WHERE x.oid >= " + std::to_string(kFirstUserOid) + " AND " +
         kind.condition + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = '" +
         catalog + "'::regclass AND d.objid = x.oid AND d.objsubid = 0 AND d.deptype IN ('e', 'i'))";
}

/// pg_subscription shows its OIDs to superusers only before PostgreSQL 12; plpgsql is there from the
/// beginning.
std::string contents_sql(int version) {
  std::string listings =
      "SELECT 0, 'extension', '', e.extname::text, NULL::bigint"
      " FROM pg_catalog.pg_extension AS e WHERE e.extname <> 'plpgsql'"
      " UNION ALL SELECT 1, 'subscription', '', s.subname::text, NULL"
      " FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid"
      " WHERE d.datname = pg_catalog.current_database()";
  std::size_t rank = 2;
  for (const Kind& kind : kinds(version)) listings += " UNION ALL " + listing_of(kind, rank++);
  return "SELECT o.kind, o.schema, o.name, o.bytes FROM (" + listings +
         ") AS o(rank, kind, schema, name, bytes) ORDER BY o.rank, o.schema, o.name";
}

}  // namespace

Result<Contents> read_contents(postgres::Connection& connection) {
  const Result<std::vector<postgres::Rows>> answers =
      connection.query_all({contents_sql(connection.version()),
                            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata"});
  if (!answers) return answers.error().during(listing("objects", connection));
  const postgres::Rows& rows = answers->front();
  Contents contents;
  for (int row = 0; row < rows.size(); ++row) {
    contents.objects.push_back(
        {rows.string(row, 0), {rows.string(row, 1), rows.string(row, 2)}, rows.integer(row, 3)});
  }
  contents.large_objects = answers->back().integer(0, 0);
  return contents;
}

}  // namespace pghaul::catalog

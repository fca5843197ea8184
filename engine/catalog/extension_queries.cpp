#include "catalog/object_query.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;

constexpr const char* kNotCarried =
    "pg_dump does not carry users' changes to an extension's table; make them on the target by hand";
constexpr const char* kNotCarriedRows =
    "pg_dump does not carry changes to rows that the extension itself inserts; make them on the target by "
    "hand";

/// Returns a join of extension `e` with `c`, its relation, where it has the same version on both servers:
/// only then it has made the same there.
std::string members(const Versions& versions) {
  return join_schema("c.relnamespace") +
         "JOIN pg_catalog.pg_depend AS of_extension ON of_extension.classid = " + catalog_oid("pg_class") +
         " AND of_extension.objid = c.oid AND of_extension.objsubid = 0 AND of_extension.deptype = 'e'"
         " JOIN pg_catalog.pg_extension AS e ON e.oid = of_extension.refobjid AND e.extname IN (" +
         versions.extensions + ") ";
}

ObjectQuery query_of(const std::string& label) {
  ObjectQuery query = relation_query(label);
  query.not_carried = kNotCarried;
  return query;
}

ObjectQuery part(const Versions& versions, const std::string& label, const std::string& name,
                 const std::string& definition, const std::string& joined) {
  ObjectQuery query = query_of(label);
  query.shown = ObjectClass::Shown::of;
  query.part = name;
  query.columns = {{{"definition", Kind::expression}, definition}};
  const std::size_t where = joined.find(" WHERE ");
  query.from =
      joined.substr(0, where) + members(versions) + (where == joined.npos ? "" : joined.substr(where));
  return query;
}

ObjectQuery row_security(const Versions& versions) {
  ObjectQuery query = query_of("row security of");
  query.columns = {{{"state"},
                    "CASE WHEN c.relrowsecurity THEN 'enabled ' ELSE '' END || CASE WHEN "
                    "c.relforcerowsecurity THEN 'forced' ELSE '' END"}};
  query.from = "pg_catalog.pg_class AS c" + members(versions) + "WHERE c.relkind IN ('r', 'p')";
  return query;
}

}  // namespace

std::vector<ObjectQuery> extension_queries(const Versions& versions) {
  const std::string on_c = " JOIN pg_catalog.pg_class AS c ON c.oid = ";
  return {
      part(versions, "column", "a.attname",
           "pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE "
           "'' "
           "END || coalesce(' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')",
           "pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND "
           "d.adnum = a.attnum" +
               on_c +
               "a.attrelid AND c.relkind IN ('r', 'p', 'f') WHERE a.attnum > 0 AND NOT a.attisdropped"),
      part(versions, "index", "i.relname", "pg_catalog.pg_get_indexdef(x.indexrelid)",
           "pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid" + on_c +
               "x.indrelid WHERE x.indisvalid"),
      part(
          versions, "constraint", "k.conname", "pg_catalog.pg_get_constraintdef(k.oid)",
          "pg_catalog.pg_constraint AS k" + on_c + "k.conrelid WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')"),
      part(versions, "trigger", "t.tgname", "pg_catalog.pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text",
           "pg_catalog.pg_trigger AS t" + on_c + "t.tgrelid WHERE NOT t.tgisinternal"),
      part(versions, "rule", "r.rulename", "pg_catalog.pg_get_ruledef(r.oid) || ' ' || r.ev_enabled::text",
           "pg_catalog.pg_rewrite AS r" + on_c + "r.ev_class WHERE r.rulename <> '_RETURN'"),
      part(versions, "policy", "p.polname",
           "pg_catalog.concat_ws(' ', p.polcmd, p.polpermissive, (SELECT pg_catalog.string_agg(one, ', ' "
           "ORDER BY "
           "one COLLATE \"C\") FROM (SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE "
           "pg_catalog.pg_get_userbyid(role)::text END FROM pg_catalog.unnest(p.polroles) AS role) AS "
           "roles(one)), 'USING', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK', "
           "pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))",
           "pg_catalog.pg_policy AS p" + on_c + "p.polrelid"),
      row_security(versions),
  };
}

/// Returns a statement for each of such tables: MD5 of each row, whose first half is summed up in any order.
std::string extensions_own_rows_sql(const std::string& extensions) {
  return "SELECT " + catalog_oid("pg_class") +
         "::oid, c.oid, n.nspname, c.relname, pg_catalog.format('SELECT pg_catalog.count(*) || '' rows, '' ||"
         " coalesce(pg_catalog.sum((''x'' || pg_catalog.left(pg_catalog.md5(own::text), "
         "16))::bit(64)::bigint),"
         " 0) FROM ONLY %I.%I AS own WHERE (%s) IS NOT TRUE', n.nspname, c.relname,"
         " pg_catalog.regexp_replace(condition, '^\\s*where\\s', '', 'i'))"
         " FROM pg_catalog.pg_extension AS e CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(e.extconfig),"
         " pg_catalog.unnest(e.extcondition)) AS part(relation, condition)"
         " JOIN pg_catalog.pg_class AS c ON c.oid = part.relation AND c.relkind = 'r'"
         " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE e.extname IN (" +
         extensions +
         ") AND condition <> '' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
         " AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid)";
}

Result<ObjectClass> read_extensions_own_rows(postgres::Connection& connection, const postgres::Rows& tables,
                                             const std::function<bool(Oid, Oid)>& belongs) {
  ObjectClass known{.label = "rows that the extension itself puts into",
                    .shown = ObjectClass::Shown::after,
                    .aspects = {{"contents"}},
                    .objects = {},
                    .not_carried = kNotCarriedRows};
  for (int row = 0; row < tables.size(); ++row) {
    if (belongs && !belongs(tables.oid(row, 0), tables.oid(row, 1))) continue;
    const Name name{tables.string(row, 2), tables.string(row, 3)};
    const Result<postgres::Rows> rows = connection.query(tables.string(row, 4));
    if (!rows) return rows.error().during("reading the extension's own rows of " + shown(name));
    known.objects.push_back({name, {}, {rows->string(0, 0)}});
  }
  return known;
}

}  // namespace pghaul::catalog

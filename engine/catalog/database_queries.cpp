#include "catalog/object_query.h"
#include "catalog/oid_array.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;

/// Names the owner of a schema. Public usually is the role's that initdb made, a superuser, or since
/// PostgreSQL 15 pg_database_owner's, in a database from before then the former's still; a role that can't
/// give it to the former leaves it to the latter.
ObjectQuery::Column schema_owner() {
  ObjectQuery::Column column = owner("n.nspowner");
  column.sql =
      "CASE WHEN n.nspname = 'public' AND EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = "
      "n.nspowner AND (r.rolsuper OR r.rolname = 'pg_database_owner')) THEN 'the usual one' ELSE " +
      column.sql + "::text END";
  return column;
}

/// Reads schemas. Everybody could create in schema public before PostgreSQL 15; what is usual follows the
/// newer rule.
ObjectQuery schemas(const Versions& versions) {
  const std::string usual =
      "CASE n.nspname WHEN 'public' THEN ARRAY[pg_catalog.makeaclitem(n.nspowner, n.nspowner, 'USAGE', "
      "false), "
      "pg_catalog.makeaclitem(n.nspowner, n.nspowner, 'CREATE', false), pg_catalog.makeaclitem(0, "
      "n.nspowner, "
      "'USAGE', false)] ELSE pg_catalog.acldefault('n', n.nspowner) END";
  ObjectQuery query;
  query.label = "schema";
  query.name = "n.nspname";
  query.catalog = catalog_oid("pg_namespace");
  query.oid = "n.oid";
  query.columns = {
      schema_owner(),
      {{"grants", Kind::grants},
       grants_sql(versions, "coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))", "n", "n.nspowner",
                  usual)},
  };
  query.from = "pg_catalog.pg_namespace AS n WHERE " + kUserSchema + " AND (n.nspname = 'public' OR " +
               users_own("pg_namespace", "n.oid") + ")";
  return query;
}

/// Leaves out the version: on a newer server an extension is newer, too.
ObjectQuery extensions() {
  ObjectQuery query;
  query.label = "extension";
  query.name = "e.extname";
  query.catalog = catalog_oid("pg_extension");
  query.oid = "e.oid";
  query.columns = {
      {{"schema"}, "(SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = e.extnamespace)"}};
  query.from = "pg_catalog.pg_extension AS e WHERE e.oid >= " + std::to_string(kFirstUserOid);
  return query;
}

ObjectQuery publications(const Versions& versions) {
  const std::string columns = versions.both_since(150000)
                                  ? " || coalesce(' (' || (SELECT "
                                    "pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY "
                                    "a.attname COLLATE \"C\") FROM pg_catalog.pg_attribute AS a WHERE "
                                    "a.attrelid = r.prrelid AND a.attnum "
                                    "= ANY (r.prattrs)) || ')', '')"
                                  : "";
  ObjectQuery query;
  query.label = "publication";
  query.name = "p.pubname";
  query.catalog = catalog_oid("pg_publication");
  query.oid = "p.oid";
  query.columns = {
      {{"operations"},
       "pg_catalog.concat_ws(' ', CASE WHEN p.puballtables THEN 'all tables' END, CASE WHEN p.pubinsert THEN "
       "'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE "
       "WHEN p.pubtruncate THEN 'truncate' END" +
           std::string(versions.both_since(130000) ? ", CASE WHEN p.pubviaroot THEN 'via root' END" : "") +
           std::string(versions.both_since(180000) ? ", 'generated columns', p.pubgencols" : "") + ")"},
      {{"tables", Kind::surroundings},
       "(SELECT pg_catalog.string_agg(one, ', ' ORDER BY one COLLATE \"C\") FROM (SELECT " +
           qualified_name("pg_class", "rel", "r.prrelid") + columns +
           " FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid) AS tables(one))"},
      {{"conditions", Kind::surroundings},
       versions.since(150000,
                      "(SELECT pg_catalog.string_agg(one, ', ' ORDER BY one COLLATE \"C\") FROM (SELECT " +
                          qualified_name("pg_class", "rel", "r.prrelid") +
                          " || ' ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) FROM "
                          "pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid) AS conditions(one))")},
      {{"schemas"},
       versions.since(150000,
                      "(SELECT pg_catalog.string_agg(n.nspname, ', ' ORDER BY n.nspname COLLATE \"C\") FROM "
                      "pg_catalog.pg_publication_namespace AS r JOIN pg_catalog.pg_namespace AS n ON n.oid = "
                      "r.pnnspid WHERE r.pnpubid = p.oid)")},
      owner("p.pubowner"),
  };
  query.left_out_by = LeftOutBy::no_publications;
  query.from = "pg_catalog.pg_publication AS p WHERE " + users_own("pg_publication", "p.oid");
  return query;
}

/// Leaves out what depends on the version, as columns' visibility does, and whether the subscription is
/// enabled, which is no property of a copy.
ObjectQuery subscriptions() {
  ObjectQuery query;
  query.label = "subscription";
  query.name = "s.subname";
  query.columns = {
      {{"publications"}, sorted("s.subpublications")},
      owner("s.subowner"),
  };
  query.left_out_by = LeftOutBy::no_subscriptions;
  query.from =
      "pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = "
      "pg_catalog.current_database()";
  return query;
}

ObjectQuery event_triggers() {
  ObjectQuery query;
  query.label = "event trigger";
  query.name = "e.evtname";
  query.catalog = catalog_oid("pg_event_trigger");
  query.oid = "e.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', e.evtevent, " + function_name("e.evtfoid") + ", 'when ' || " +
           sorted("e.evttags") + ")"},
      {{"firing"}, "e.evtenabled"},
      owner("e.evtowner"),
  };
  query.left_out_by = LeftOutBy::no_event_triggers;
  query.from = "pg_catalog.pg_event_trigger AS e WHERE " + users_own("pg_event_trigger", "e.oid");
  return query;
}

/// Reads default privileges. A schema's come on top of what is usual; others are complete.
ObjectQuery default_privileges(const Versions& versions) {
  const std::string type = "CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::\"char\"";
  ObjectQuery query;
  query.label = "default privileges";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "'of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole)) || coalesce(' in ' || "
      "pg_catalog.quote_ident(n.nspname), '') || ' on ' || CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN "
      "'S' "
      "THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large "
      "objects' END";
  query.catalog = catalog_oid("pg_default_acl");
  query.oid = "d.oid";
  query.columns = {{{"grants", Kind::grants},
                    grants_sql(versions, "d.defaclacl", "", "d.defaclrole",
                               "CASE d.defaclnamespace WHEN 0 THEN pg_catalog.acldefault(" + type +
                                   ", d.defaclrole) ELSE NULL END")}};
  query.left_out_by = LeftOutBy::no_acl;
  query.from =
      "pg_catalog.pg_default_acl AS d LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace "
      "WHERE " +
      users_own("pg_default_acl", "d.oid");
  return query;
}

/// Reads the settings of roles that exist.
ObjectQuery settings() {
  ObjectQuery query;
  query.label = "setting of the database:";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "pg_catalog.split_part(setting, '=', 1) || coalesce(' of role ' || "
      "pg_catalog.quote_ident(role.rolname), "
      "'')";
  query.columns = {{{"value"}, "pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1)"}};
  query.left_out_by = LeftOutBy::choice_of_schemas;
  query.from =
      "pg_catalog.pg_db_role_setting AS of_database JOIN pg_catalog.pg_database AS d ON d.oid = "
      "of_database.setdatabase AND d.datname = pg_catalog.current_database() LEFT JOIN pg_catalog.pg_roles "
      "AS "
      "role ON role.oid = of_database.setrole CROSS JOIN LATERAL pg_catalog.unnest(of_database.setconfig) AS "
      "setting WHERE of_database.setrole = 0 OR role.oid IS NOT NULL";
  return query;
}

/// Reads properties of the database. It is the target's own: properties beyond the source's may stay.
ObjectQuery properties(const std::string& which, LeftOutBy left_out_by) {
  ObjectQuery query;
  query.label = "property of the database:";
  query.shown = ObjectClass::Shown::alone;
  query.part = "property.name";
  query.columns = {{{"value"}, "property.value"}};
  query.from = "(" + database_properties_sql() + ") AS property WHERE property." + which;
  query.left_out_by = left_out_by;
  query.only_sources = true;
  return query;
}

}  // namespace

std::vector<ObjectQuery> database_queries(const Versions& versions) {
  return {schemas(versions),
          extensions(),
          publications(versions),
          subscriptions(),
          event_triggers(),
          default_privileges(versions),
          settings(),
          properties("kind = 'o'", LeftOutBy::no_owner_of_database),
          properties("kind = 'a'", LeftOutBy::no_acl_of_database),
          properties("name = 'connection limit'", LeftOutBy::choice_of_schemas),
          properties("name = 'comment'", LeftOutBy::no_comment_of_database)};
}

/// Leaves contents to their digests.
ObjectQuery large_object_query(const Versions& versions, const std::vector<Oid>& groups,
                               const std::vector<Oid>& left_out) {
  const bool alone = groups.empty();
  const std::string facts =
      "SELECT m.oid, pg_catalog.pg_get_userbyid(m.lomowner) AS owner, " +
      grants_sql(versions, "m.lomacl", "L", "m.lomowner") +
      " AS grants, said.description AS remark FROM pg_catalog.pg_largeobject_metadata AS m LEFT JOIN "
      "pg_catalog.pg_description AS said ON said.classoid = " +
      catalog_oid("pg_largeobject") + " AND said.objoid = m.oid" +
      (left_out.empty()
           ? ""
           : " WHERE m.oid NOT IN (SELECT pg_catalog.unnest('" + oid_array(left_out) + "'::oid[]))");
  const auto of_all = [&](const std::string& fact) {
    if (alone) return "pg_catalog.min(fact." + fact + ")";
    return "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.string_agg(fact.oid || ' ' "
           "|| "
           "fact." +
           fact + ", E'\\n' ORDER BY fact.oid), 'SQL_ASCII')), 'hex')";
  };
  ObjectQuery query;
  query.label = alone ? "large object" : "large objects";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "pg_catalog.min(fact.oid)::text || CASE pg_catalog.count(*) WHEN 1 THEN '' ELSE ' to ' || "
      "pg_catalog.max(fact.oid) END";
  query.columns = {
      {{"owner", Kind::owner}, of_all("owner::text")},
      {{"grants", Kind::grants}, of_all("grants")},
      {{"comment"}, of_all("remark")},
  };
  query.left_out_by = LeftOutBy::large_objects;
  query.from = "(" + facts + ") AS fact GROUP BY " +
               (alone ? "fact.oid" : "pg_catalog.width_bucket(fact.oid, '" + oid_array(groups) + "'::oid[])");
  return query;
}

}  // namespace pghaul::catalog

#include "catalog/content_kinds.h"

#include <map>

#include "catalog/model.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Returns an expression for the DROP statement. `how`: a format of `names`.
std::string drop(const std::string& what, const std::string& names, const std::string& how) {
  return "pg_catalog.format('DROP " + what + " IF EXISTS " + how + "', " + names + ")";
}

/// Expression for the statements after which default privileges have no entry left. A schema's go with the
/// schema.
const std::string kRevertPrivileges =
    "(SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %1$I REVOKE ALL ON %2$s FROM %3$s CASCADE;"
    " ALTER DEFAULT PRIVILEGES FOR ROLE %1$I GRANT ALL ON %2$s TO %1$I', owner, objects,"
    " coalesce((SELECT pg_catalog.string_agg(DISTINCT CASE one.grantee WHEN 0 THEN 'PUBLIC' ELSE"
    " pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(one.grantee)) END, ', ')"
    " FROM pg_catalog.aclexplode(x.defaclacl) AS one), 'PUBLIC')) ||"
    " CASE x.defaclobjtype WHEN 'f' THEN"
    " pg_catalog.format('; ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT EXECUTE ON FUNCTIONS TO PUBLIC', owner)"
    " WHEN 'T' THEN"
    " pg_catalog.format('; ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT USAGE ON TYPES TO PUBLIC', owner)"
    " ELSE '' END"
    " FROM (SELECT pg_catalog.pg_get_userbyid(x.defaclrole), CASE x.defaclobjtype WHEN 'r' THEN 'TABLES'"
    " WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'"
    " ELSE 'LARGE OBJECTS' END) AS of_entry(owner, objects) WHERE x.defaclnamespace = 0)";

}  // namespace

/// Lists no parts of other objects: columns, constraints, indexes, triggers, rules, policies, user mappings,
/// casts and functions that come with a range type.
std::vector<ContentKind> content_kinds(int version) {
  const std::string relation_kind =
      "CASE x.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'"
      " WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END";
  const std::string drop_relation =
      "CASE WHEN NOT x.relispartition THEN pg_catalog.format('DROP %s IF EXISTS %I.%I CASCADE',"
      " CASE x.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'"
      " WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, x.relname) END";
  const std::string function_kind =
      version >= 110000
          ? "CASE x.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END"
          : "CASE WHEN x.proisagg THEN 'aggregate' ELSE 'function' END";
  const std::string not_of_column =
      "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass"
      " AND d.objid = x.oid AND d.objsubid = 0 AND d.deptype = 'a' AND d.refobjsubid > 0)";
  const std::string this_database =
      "(SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())";
  return {
      {"'extension'", "pg_extension", "x.extname", "", "x.extname <> 'plpgsql'",
       drop("EXTENSION", "x.extname", "%I CASCADE"), 5},
      {"'subscription'", "pg_subscription", "x.subname", "", "x.subdbid = " + this_database,
       // Its slot is on the publisher, which may be unreachable.
       "pg_catalog.format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE);"
       " DROP SUBSCRIPTION IF EXISTS %1$I', x.subname)",
       2},
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind IN ('r', 'p') AND x.relpersistence <> 't'", drop_relation, 7},
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind IN ('v', 'm', 'f') AND x.relpersistence <> 't'", drop_relation, 6},
      {relation_kind, "pg_class", "x.relname", "relnamespace",
       "x.relkind = 'S' AND x.relpersistence <> 't' AND " + not_of_column, drop_relation, 8},
      {function_kind, "pg_proc", "x.proname", "pronamespace"},
      {"'type'", "pg_type", "x.typname", "typnamespace"},
      {"'schema'", "pg_namespace", "x.nspname", "", "x.nspname !~ '^pg_' AND x.nspname <> 'public'",
       drop("SCHEMA", "x.nspname", "%I CASCADE"), 9},
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
      {"'language'", "pg_language", "x.lanname", "", "true", drop("LANGUAGE", "x.lanname", "%I CASCADE"), 12},
      {"'cast'", "pg_cast",
       "pg_catalog.format_type(x.castsource, NULL) || ' AS ' || pg_catalog.format_type(x.casttarget, NULL)",
       "", "true",
       drop("CAST", "pg_catalog.format_type(x.castsource, NULL), pg_catalog.format_type(x.casttarget, NULL)",
            "(%s AS %s) CASCADE"),
       11},
      {"'transform'", "pg_transform", "pg_catalog.format_type(x.trftype, NULL)", "", "true",
       drop("TRANSFORM",
            "pg_catalog.format_type(x.trftype, NULL), (SELECT l.lanname FROM pg_catalog.pg_language AS l "
            "WHERE "
            "l.oid = x.trflang)",
            "FOR %s LANGUAGE %I CASCADE"),
       11},
      {"'access method'", "pg_am", "x.amname", "", "true", drop("ACCESS METHOD", "x.amname", "%I CASCADE"),
       13},
      {"'foreign-data wrapper'", "pg_foreign_data_wrapper", "x.fdwname", "", "true",
       drop("FOREIGN DATA WRAPPER", "x.fdwname", "%I CASCADE"), 10},
      {"'server'", "pg_foreign_server", "x.srvname", "", "true", drop("SERVER", "x.srvname", "%I CASCADE"),
       10},
      {"'event trigger'", "pg_event_trigger", "x.evtname", "", "true",
       drop("EVENT TRIGGER", "x.evtname", "%I"), 1},
      {"'publication'", "pg_publication", "x.pubname", "", "true", drop("PUBLICATION", "x.pubname", "%I"), 3},
      {.kind = "'default privileges'",
       .catalog = "pg_default_acl",
       .name = "pg_catalog.pg_get_userbyid(x.defaclrole)",
       .drop = kRevertPrivileges,
       .turn = 4,
       .may_stay = true},
      // Settings of a database that holds nothing else have prepared it for the copy.
      {.kind = "'setting'",
       .catalog = "pg_db_role_setting",
       .name = "coalesce(pg_catalog.pg_get_userbyid(nullif(x.setrole, 0)), '')",
       .condition = "x.setdatabase = " + this_database +
                    " AND (x.setrole = 0 OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = "
                    "x.setrole))",
       .drop = "CASE x.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I RESET ALL',"
               " pg_catalog.current_database()) ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I RESET "
               "ALL', pg_catalog.pg_get_userbyid(x.setrole), pg_catalog.current_database()) END",
       .turn = 14,
       .is_content = false,
       .may_stay = true},
  };
}

/// Source  PostgreSQL's src/backend/catalog/objectaddress.c, check_object_ownership().
std::string may_drop(const ContentKind& kind) {
  static const std::map<std::string, std::string> kOwners = {
      {"pg_class", "x.relowner"},
      {"pg_collation", "x.collowner"},
      {"pg_conversion", "x.conowner"},
      {"pg_default_acl", "x.defaclrole"},
      {"pg_event_trigger", "x.evtowner"},
      {"pg_extension", "x.extowner"},
      {"pg_foreign_data_wrapper", "x.fdwowner"},
      {"pg_foreign_server", "x.srvowner"},
      {"pg_language", "x.lanowner"},
      {"pg_namespace", "x.nspowner"},
      {"pg_opclass", "x.opcowner"},
      {"pg_operator", "x.oprowner"},
      {"pg_opfamily", "x.opfowner"},
      {"pg_proc", "x.proowner"},
      {"pg_publication", "x.pubowner"},
      {"pg_statistic_ext", "x.stxowner"},
      {"pg_subscription", "x.subowner"},
      {"pg_transform", "(SELECT t.typowner FROM pg_catalog.pg_type AS t WHERE t.oid = x.trftype)"},
      {"pg_ts_config", "x.cfgowner"},
      {"pg_ts_dict", "x.dictowner"},
      {"pg_type", "x.typowner"},
  };
  const auto has = [](const std::string& owner) { return "pg_catalog.pg_has_role(" + owner + ", 'USAGE')"; };
  if (kind.catalog == "pg_cast") {
    return "EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.oid IN (x.castsource, x.casttarget) AND " +
           has("t.typowner") + ")";
  }
  const auto owner = kOwners.find(kind.catalog);
  const std::string as_owner =  // others belong to nobody, and a superuser drops them
      owner == kOwners.end()
          ? "(SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user)"
          : has(owner->second);
  return kind.schema.empty() ? as_owner : "(" + as_owner + " OR " + has("n.nspowner") + ")";
}

/// Works for ordinary roles, too: before PostgreSQL 12 pg_subscription shows its OIDs to superusers only.
std::string content_from(const ContentKind& kind) {
  const std::string catalog = "pg_catalog." + kind.catalog;
  const std::string join = kind.schema.empty() ? ""
                                               : " JOIN pg_catalog.pg_namespace AS n ON n.oid = x." +
                                                     kind.schema + " AND " + kUserSchema;
  std::string from = catalog + " AS x" + join + " WHERE " + kind.condition;
  if (kind.catalog == "pg_subscription" || kind.catalog == "pg_db_role_setting") return from;
  return from + " AND x.oid >= " + std::to_string(kFirstUserOid) +
         " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = '" + catalog +
         "'::regclass AND d.objid = x.oid AND d.objsubid = 0 AND d.deptype IN ('e', 'i'))";
}

}  // namespace pghaul::catalog

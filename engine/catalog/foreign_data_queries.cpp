#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;

ObjectQuery wrappers(const Versions& versions) {
  ObjectQuery query;
  query.label = "foreign-data wrapper";
  query.name = "w.fdwname";
  query.catalog = catalog_oid("pg_foreign_data_wrapper");
  query.oid = "w.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', 'handler ' || " + function_name("w.fdwhandler") + ", 'validator ' || " +
           function_name("w.fdwvalidator") + ")"},
      {{"options", Kind::secret}, sorted("w.fdwoptions")},
      owner("w.fdwowner"),
      grants(versions, "w.fdwacl", "F", "w.fdwowner"),
  };
  query.from =
      "pg_catalog.pg_foreign_data_wrapper AS w WHERE " + users_own("pg_foreign_data_wrapper", "w.oid");
  return query;
}

ObjectQuery servers(const Versions& versions) {
  ObjectQuery query;
  query.label = "server";
  query.name = "s.srvname";
  query.catalog = catalog_oid("pg_foreign_server");
  query.oid = "s.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', pg_catalog.quote_ident(w.fdwname), 'type ' || "
       "pg_catalog.quote_literal(s.srvtype), 'version ' || pg_catalog.quote_literal(s.srvversion))"},
      {{"options", Kind::secret}, sorted("s.srvoptions")},
      owner("s.srvowner"),
      grants(versions, "s.srvacl", "S", "s.srvowner"),
  };
  query.from =
      "pg_catalog.pg_foreign_server AS s JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw "
      "WHERE " +
      users_own("pg_foreign_server", "s.oid");
  return query;
}

/// Reads user mappings. A role that may not see options gets none: they are compared where both sides show
/// them.
ObjectQuery user_mappings() {
  ObjectQuery query;
  query.label = "user mapping";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "'for ' || CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END || ' on ' || "
      "pg_catalog.quote_ident(m.srvname)";
  query.catalog = catalog_oid("pg_user_mapping");
  query.oid = "m.umid";
  query.columns = {{{"options", Kind::hidden}, sorted("m.umoptions")}};
  query.from = "pg_catalog.pg_user_mappings AS m WHERE " + users_own("pg_user_mapping", "m.umid");
  return query;
}

}  // namespace

std::vector<ObjectQuery> foreign_data_queries(const Versions& versions) {
  return {wrappers(versions), servers(versions), user_mappings()};
}

}  // namespace pghaul::catalog

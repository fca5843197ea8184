#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

ObjectQuery named_query(const std::string& label, const std::string& catalog, const std::string& prefix) {
  ObjectQuery query;
  query.label = "text search " + label;
  query.schema = "n.nspname";
  query.name = "x." + prefix + "name";
  query.catalog = catalog_oid(catalog);
  query.oid = "x.oid";
  query.from = "pg_catalog." + catalog + " AS x" + join_schema("x." + prefix + "namespace") + " WHERE " +
               users_own(catalog, "x.oid");
  return query;
}

}  // namespace

std::vector<ObjectQuery> search_queries(const Versions&) {
  ObjectQuery configurations = named_query("configuration", "pg_ts_config", "cfg");
  configurations.columns = {
      {{"parser"}, qualified_name("pg_ts_parser", "prs", "x.cfgparser")},
      {{"mappings"},
       "(SELECT pg_catalog.string_agg(m.maptokentype || ':' || " +
           qualified_name("pg_ts_dict", "dict", "m.mapdict") +
           ", ' ' ORDER BY m.maptokentype, m.mapseqno) FROM pg_catalog.pg_ts_config_map AS m WHERE m.mapcfg "
           "= "
           "x.oid)"},
      owner("x.cfgowner"),
  };
  ObjectQuery dictionaries = named_query("dictionary", "pg_ts_dict", "dict");
  dictionaries.columns = {
      {{"template"}, qualified_name("pg_ts_template", "tmpl", "x.dicttemplate")},
      {{"options"}, "x.dictinitoption"},
      owner("x.dictowner"),
  };
  ObjectQuery parsers = named_query("parser", "pg_ts_parser", "prs");
  parsers.columns = {{{"definition"},
                      "pg_catalog.concat_ws(' ', " + function_name("x.prsstart") + ", " +
                          function_name("x.prstoken") + ", " + function_name("x.prsend") + ", " +
                          function_name("x.prslextype") + ", 'headline ' || " +
                          function_name("x.prsheadline") + ")"}};
  ObjectQuery templates = named_query("template", "pg_ts_template", "tmpl");
  templates.columns = {{{"definition"},
                        "pg_catalog.concat_ws(' ', 'init ' || " + function_name("x.tmplinit") + ", " +
                            function_name("x.tmpllexize") + ")"}};
  return {configurations, dictionaries, parsers, templates};
}

}  // namespace pghaul::catalog

#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;
using Form = Aspect::Form;

/// Leaves out types that come with other objects: arrays, tables' rows, multiranges.
ObjectQuery types(const Versions& versions) {
  ObjectQuery query;
  query.label = "type";
  query.schema = "n.nspname";
  query.name = "t.typname";
  query.catalog = catalog_oid("pg_type");
  query.oid = "t.oid";
  query.columns = {
      {{"kind"},
       "CASE WHEN NOT t.typisdefined THEN 'undefined' ELSE CASE t.typtype WHEN 'b' THEN 'base' WHEN 'c' THEN "
       "'composite' WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range' ELSE 'other' END END"},
      owner("t.typowner"),
      grants(versions, "t.typacl", "T", "t.typowner"),
      {{"labels"},
       "CASE t.typtype WHEN 'e' THEN (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', "
       "' "
       "ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid) END"},
      {{"base", Kind::names},
       "CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) || CASE WHEN "
       "t.typnotnull THEN ' NOT NULL' ELSE '' END END"},
      {{"default", Kind::expression, Form::lone_expression},
       "coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault)"},
      {{"collation"},
       "CASE t.typtype WHEN 'd' THEN " + qualified_name("pg_collation", "coll", "t.typcollation") + " END"},
      {{"subtype", Kind::names},
       "(SELECT pg_catalog.concat_ws(' ', pg_catalog.format_type(r.rngsubtype, NULL), " +
           qualified_name("pg_opclass", "opc", "r.rngsubopc") + ", " +
           qualified_name("pg_collation", "coll", "nullif(r.rngcollation, 0)") + ", 'canonical ' || " +
           function_name("r.rngcanonical") + ", 'diff ' || " + function_name("r.rngsubdiff") +
           (versions.both_since(140000) ? ", 'multirange ' || pg_catalog.format_type(r.rngmultitypid, NULL)"
                                        : "") +
           ") FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid)"},
      {{"definition", Kind::names},
       "CASE WHEN t.typtype = 'b' AND t.typisdefined THEN pg_catalog.concat_ws(' ', " +
           function_name("t.typinput") + ", " + function_name("t.typoutput") + ", 'receive ' || " +
           function_name("t.typreceive") + ", 'send ' || " + function_name("t.typsend") +
           ", 'modifiers ' || " + function_name("t.typmodin") + ", " + function_name("t.typmodout") +
           ", 'analyze ' || " + function_name("t.typanalyze") +
           ", t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred, t.typdelim, "
           "CASE "
           "WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END, t.typcollation <> 0) END"},
  };
  query.from = "pg_catalog.pg_type AS t" + join_schema("t.typnamespace") +
               "LEFT JOIN pg_catalog.pg_class AS row_of ON row_of.oid = t.typrelid WHERE " +
               users_own("pg_type", "t.oid") +
               " AND coalesce(row_of.relkind = 'c', true) AND t.typtype <> 'm' AND NOT EXISTS (SELECT FROM "
               "pg_catalog.pg_type AS element WHERE element.typarray = t.oid)";
  return query;
}

/// Leaves out ICU's names of locales, whose form changed with PostgreSQL 16, and versions of collations,
/// which are the machine's.
ObjectQuery collations() {
  ObjectQuery query;
  query.label = "collation";
  query.schema = "n.nspname";
  query.name = "o.collname";
  query.catalog = catalog_oid("pg_collation");
  query.oid = "o.oid";
  query.columns = {
      {{"provider"}, "o.collprovider"},
      {{"locale", Kind::wording},
       "(SELECT coalesce(o_row ->> 'colllocale', o_row ->> 'colliculocale', o_row ->> 'collcollate') || CASE "
       "o.collprovider WHEN 'c' THEN ' ' || o.collctype ELSE '' END || coalesce(' rules ' || (o_row ->> "
       "'collicurules'), '') FROM pg_catalog.to_jsonb(o) AS o_row)"},
      {{"determinism"},
       "(SELECT CASE WHEN (o_row ->> 'collisdeterministic') = 'false' THEN 'nondeterministic' END FROM "
       "pg_catalog.to_jsonb(o) AS o_row)"},
      owner("o.collowner"),
  };
  query.from = "pg_catalog.pg_collation AS o" + join_schema("o.collnamespace") + " WHERE " +
               users_own("pg_collation", "o.oid");
  return query;
}

}  // namespace

std::vector<ObjectQuery> type_queries(const Versions& versions) {
  return {types(versions), collations()};
}

}  // namespace pghaul::catalog

#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;
using Form = Aspect::Form;

ObjectQuery functions(const Versions& versions) {
  ObjectQuery query;
  query.label = "function";
  query.schema = "n.nspname";
  query.name = "p.proname";
  query.part = "'(' || pg_catalog.oidvectortypes(p.proargtypes) || ')'";
  query.catalog = catalog_oid("pg_proc");
  query.oid = "p.oid";
  query.columns = {
      {{"kind"},
       "CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE "
       "'function' END"},
      owner("p.proowner"),
      grants(versions, "p.proacl", "f", "p.proowner"),
      {{"result", Kind::names}, "pg_catalog.pg_get_function_result(p.oid)"},
      // From PostgreSQL 14 on, arguments of procedures are written with IN.
      {{"arguments", versions.both_since(140000) ? Kind::expression : Kind::wording, Form::routine_arguments},
       "pg_catalog.pg_get_function_arguments(p.oid)"},
      {{"language"}, "(SELECT l.lanname FROM pg_catalog.pg_language AS l WHERE l.oid = p.prolang)"},
      {{"body"}, "p.prosrc"},
      {{"parsed body", Kind::wording, Form::routine_body},
       versions.since(140000, "pg_catalog.pg_get_function_sqlbody(p.oid)")},
      {{"library"}, "p.probin"},
      {{"attributes"},
       "pg_catalog.concat_ws(' ', p.provolatile, p.proparallel, CASE WHEN p.proisstrict THEN 'strict' END, "
       "CASE "
       "WHEN p.prosecdef THEN 'security definer' END, CASE WHEN p.proleakproof THEN 'leakproof' END, 'cost', "
       "p.procost, 'rows', p.prorows, 'support ' || " +
           versions.since(120000, function_name("p.prosupport")) + ")"},
      {{"settings"}, sorted("p.proconfig")},
      {{"steps", Kind::names},
       "(SELECT pg_catalog.concat_ws(' ', g.aggkind, g.aggnumdirectargs, " + function_name("g.aggtransfn") +
           ", 'final ' || " + function_name("g.aggfinalfn") + ", 'combine ' || " +
           function_name("g.aggcombinefn") + ", 'serialize ' || " + function_name("g.aggserialfn") +
           ", 'deserialize ' || " + function_name("g.aggdeserialfn") + ", 'moving ' || " +
           function_name("g.aggmtransfn") + ", 'inverse ' || " + function_name("g.aggminvtransfn") +
           ", 'moving final ' || " + function_name("g.aggmfinalfn") +
           ", g.aggfinalextra, g.aggmfinalextra, g.aggfinalmodify, g.aggmfinalmodify, 'sorted by ' || CASE "
           "WHEN "
           "g.aggsortop <> 0 THEN g.aggsortop::pg_catalog.regoperator::text END, "
           "pg_catalog.format_type(g.aggtranstype, NULL), g.aggtransspace, CASE WHEN g.aggmtranstype <> 0 "
           "THEN "
           "pg_catalog.format_type(g.aggmtranstype, NULL) END, g.aggmtransspace, 'initial ' || "
           "pg_catalog.quote_literal(g.agginitval), 'moving initial ' || "
           "pg_catalog.quote_literal(g.aggminitval)) "
           "FROM pg_catalog.pg_aggregate AS g WHERE g.aggfnoid = p.oid)"},
  };
  query.from = "pg_catalog.pg_proc AS p" + join_schema("p.pronamespace") + " WHERE " +
               users_own("pg_proc", "p.oid") + " AND " + on_its_own("pg_proc", "p.oid");
  return query;
}

/// Leaves out operators without a function: they are but names that others have for their commutator or
/// negator.
ObjectQuery operators() {
  ObjectQuery query;
  query.label = "operator";
  query.schema = "n.nspname";
  query.name = "o.oprname";
  query.part =
      "'(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END || ', ' || "
      "CASE "
      "o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END || ')'";
  query.catalog = catalog_oid("pg_operator");
  query.oid = "o.oid";
  query.columns = {
      {{"definition", Kind::names},
       "pg_catalog.concat_ws(' ', " + function_name("o.oprcode") +
           ", 'commutator ' || CASE WHEN o.oprcom <> 0 THEN o.oprcom::pg_catalog.regoperator::text END, "
           "'negator ' || CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::pg_catalog.regoperator::text END, "
           "'restrict ' || " +
           function_name("o.oprrest") + ", 'join ' || " + function_name("o.oprjoin") +
           ", CASE WHEN o.oprcanhash THEN 'hashes' END, CASE WHEN o.oprcanmerge THEN 'merges' END)"},
      owner("o.oprowner"),
  };
  query.from = "pg_catalog.pg_operator AS o" + join_schema("o.oprnamespace") + " WHERE " +
               users_own("pg_operator", "o.oid") + " AND o.oprcode <> 0";
  return query;
}

ObjectQuery operator_classes() {
  ObjectQuery query;
  query.label = "operator class";
  query.schema = "n.nspname";
  query.name = "o.opcname";
  query.part = "' using ' || am.amname";
  query.catalog = catalog_oid("pg_opclass");
  query.oid = "o.oid";
  query.columns = {
      {{"definition", Kind::names},
       "pg_catalog.concat_ws(' ', pg_catalog.format_type(o.opcintype, NULL), 'family', " +
           qualified_name("pg_opfamily", "opf", "o.opcfamily") +
           ", CASE WHEN o.opcdefault THEN 'default' END, 'storage ' || CASE WHEN o.opckeytype <> 0 THEN "
           "pg_catalog.format_type(o.opckeytype, NULL) END)"},
      owner("o.opcowner"),
  };
  query.from = "pg_catalog.pg_opclass AS o JOIN pg_catalog.pg_am AS am ON am.oid = o.opcmethod" +
               join_schema("o.opcnamespace") + " WHERE " + users_own("pg_opclass", "o.oid");
  return query;
}

ObjectQuery operator_families() {
  ObjectQuery query;
  query.label = "operator family";
  query.schema = "n.nspname";
  query.name = "f.opfname";
  query.part = "' using ' || am.amname";
  query.catalog = catalog_oid("pg_opfamily");
  query.oid = "f.oid";
  query.columns = {
      {{"operators", Kind::names},
       "(SELECT pg_catalog.string_agg(member, ', ' ORDER BY member COLLATE \"C\") FROM (SELECT "
       "m.amopstrategy || "
       "' ' || m.amopopr::pg_catalog.regoperator::text || coalesce(' for ' || " +
           qualified_name("pg_opfamily", "opf", "m.amopsortfamily") +
           ", '') FROM pg_catalog.pg_amop AS m WHERE m.amopfamily = f.oid) AS members(member))"},
      {{"functions", Kind::names},
       "(SELECT pg_catalog.string_agg(member, ', ' ORDER BY member COLLATE \"C\") FROM (SELECT "
       "pg_catalog.concat_ws(' ', m.amprocnum, pg_catalog.format_type(m.amproclefttype, NULL), "
       "pg_catalog.format_type(m.amprocrighttype, NULL), " +
           function_name("m.amproc") +
           ") FROM pg_catalog.pg_amproc AS m WHERE m.amprocfamily = f.oid) AS "
           "members(member))"},
      owner("f.opfowner"),
  };
  query.from = "pg_catalog.pg_opfamily AS f JOIN pg_catalog.pg_am AS am ON am.oid = f.opfmethod" +
               join_schema("f.opfnamespace") + " WHERE " + users_own("pg_opfamily", "f.oid");
  return query;
}

ObjectQuery casts() {
  ObjectQuery query;
  query.label = "cast";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "'(' || pg_catalog.format_type(x.castsource, NULL) || ' AS ' || pg_catalog.format_type(x.casttarget, "
      "NULL) "
      "|| ')'";
  query.catalog = catalog_oid("pg_cast");
  query.oid = "x.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', x.castmethod, x.castcontext, " + function_name("x.castfunc") + ")"}};
  query.from = "pg_catalog.pg_cast AS x WHERE " + users_own("pg_cast", "x.oid") + " AND " +
               on_its_own("pg_cast", "x.oid");
  return query;
}

ObjectQuery conversions() {
  ObjectQuery query;
  query.label = "conversion";
  query.schema = "n.nspname";
  query.name = "x.conname";
  query.catalog = catalog_oid("pg_conversion");
  query.oid = "x.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', pg_catalog.pg_encoding_to_char(x.conforencoding), "
       "pg_catalog.pg_encoding_to_char(x.contoencoding), " +
           function_name("x.conproc") + ", CASE WHEN x.condefault THEN 'default' END)"},
      owner("x.conowner"),
  };
  query.from = "pg_catalog.pg_conversion AS x" + join_schema("x.connamespace") + " WHERE " +
               users_own("pg_conversion", "x.oid");
  return query;
}

ObjectQuery languages(const Versions& versions) {
  ObjectQuery query;
  query.label = "language";
  query.name = "l.lanname";
  query.catalog = catalog_oid("pg_language");
  query.oid = "l.oid";
  query.columns = {
      {{"definition"},
       "pg_catalog.concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'trusted' END, " +
           function_name("l.lanplcallfoid") + ", 'inline ' || " + function_name("l.laninline") +
           ", 'validator ' || " + function_name("l.lanvalidator") + ")"},
      owner("l.lanowner"),
      grants(versions, "l.lanacl", "l", "l.lanowner"),
  };
  query.from = "pg_catalog.pg_language AS l WHERE " + users_own("pg_language", "l.oid");
  return query;
}

ObjectQuery transforms() {
  ObjectQuery query;
  query.label = "transform";
  query.shown = ObjectClass::Shown::alone;
  query.part =
      "'for ' || pg_catalog.format_type(x.trftype, NULL) || ' language ' || "
      "pg_catalog.quote_ident(l.lanname)";
  query.catalog = catalog_oid("pg_transform");
  query.oid = "x.oid";
  query.columns = {{{"definition"},
                    "pg_catalog.concat_ws(' ', 'from ' || " + function_name("x.trffromsql") + ", 'to ' || " +
                        function_name("x.trftosql") + ")"}};
  query.from = "pg_catalog.pg_transform AS x JOIN pg_catalog.pg_language AS l ON l.oid = x.trflang WHERE " +
               users_own("pg_transform", "x.oid");
  return query;
}

ObjectQuery access_methods() {
  ObjectQuery query;
  query.label = "access method";
  query.name = "am.amname";
  query.catalog = catalog_oid("pg_am");
  query.oid = "am.oid";
  query.columns = {{{"definition"}, "am.amtype::text || ' ' || " + function_name("am.amhandler")}};
  query.from = "pg_catalog.pg_am AS am WHERE " + users_own("pg_am", "am.oid");
  return query;
}

}  // namespace

std::vector<ObjectQuery> routine_queries(const Versions& versions) {
  return {functions(versions), operators(),         operator_classes(), operator_families(), casts(),
          conversions(),       languages(versions), transforms(),       access_methods()};
}

}  // namespace pghaul::catalog

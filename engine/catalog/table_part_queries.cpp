#include "catalog/object_query.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;
using Form = Aspect::Form;

/// Makes a query for a part of the relation `c`, under its name.
ObjectQuery part_query(const std::string& label, const std::string& part) {
  ObjectQuery query;
  query.label = label;
  query.shown = ObjectClass::Shown::of;
  query.schema = "n.nspname";
  query.name = "c.relname";
  query.part = part;
  query.catalog = catalog_oid("pg_class");
  query.oid = "c.oid";
  return query;
}

/// `joined`: joins the part with `c`, its relation.
std::string parts(const std::string& joined, const std::string& condition) {
  return joined + join_schema("c.relnamespace") + " WHERE c.relpersistence <> 't' AND " +
         users_own("pg_class", "c.oid") + " AND " + condition;
}

/// Leaves out indexes that aren't valid, which failed statements left behind; a partitioned one is not valid
/// either without partitions.
ObjectQuery indexes() {
  ObjectQuery query = part_query("valid index", "i.relname");
  query.columns = {
      {{"definition", Kind::expression, Form::parts}, "pg_catalog.pg_get_indexdef(x.indexrelid)"},
      {{"state"}, "CASE WHEN x.indisvalid THEN 'valid' ELSE 'lacking partitions' END"},
      {{"role"},
       "CASE WHEN x.indisclustered THEN 'CLUSTER ON ' ELSE '' END || CASE WHEN x.indisreplident THEN "
       "'REPLICA "
       "IDENTITY' ELSE '' END"},
      {{"tablespace"},
       "(SELECT space.spcname FROM pg_catalog.pg_tablespace AS space WHERE space.oid = i.reltablespace)"},
      {{"place in a partitioned index", Kind::surroundings},
       "(SELECT 'of ' || " + qualified_name("pg_class", "rel", "tree.inhparent") +
           " FROM pg_catalog.pg_inherits AS tree WHERE tree.inhrelid = i.oid)"},
      {{"statistics targets"},
       "(SELECT pg_catalog.string_agg(a.attnum || ':' || a.attstattarget, ' ' ORDER BY a.attnum) FROM "
       "pg_catalog.pg_attribute AS a WHERE a.attrelid = i.oid AND a.attnum > 0 AND a.attstattarget >= 0)"},
  };
  query.from = parts(
      "pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid JOIN "
      "pg_catalog.pg_class "
      "AS c ON c.oid = x.indrelid",
      "(x.indisvalid OR i.relkind = 'I') AND x.indisready AND x.indislive");
  return query;
}

/// Leaves out names of foreign keys that come with another one, by partitions: they are arbitrary. NOT NULL
/// is a constraint with a name since PostgreSQL 18.
ObjectQuery constraints(const Versions& versions) {
  ObjectQuery query = part_query("constraint", "k.conname");
  query.refers = "k.confrelid";
  query.columns = {
      {{"definition", Kind::expression, Form::parts}, "pg_catalog.pg_get_constraintdef(k.oid)"},
      {{"validity"}, "CASE WHEN k.convalidated THEN 'valid' ELSE 'not valid' END"},
      {{"place in a partitioned constraint", Kind::surroundings},
       "CASE WHEN k.conparentid <> 0 THEN (SELECT 'of ' || pg_catalog.quote_ident(parent.conname) || ' of ' "
       "|| " +
           qualified_name("pg_class", "rel", "parent.conrelid") +
           " FROM pg_catalog.pg_constraint AS parent WHERE parent.oid = k.conparentid) END"},
  };
  const std::string kinds = versions.both_since(180000) ? "'c', 'p', 'u', 'x', 'n'" : "'c', 'p', 'u', 'x'";
  query.from = parts("pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid",
                     "(k.contype IN (" + kinds + ") OR k.contype = 'f' AND k.conparentid = 0)");
  return query;
}

ObjectQuery domain_constraints(const Versions& versions) {
  ObjectQuery query;
  query.label = "constraint";
  query.shown = ObjectClass::Shown::of;
  query.schema = "n.nspname";
  query.name = "t.typname";
  query.part = "k.conname";
  query.catalog = catalog_oid("pg_type");
  query.oid = "t.oid";
  query.columns = {
      {{"definition", Kind::expression, Form::parts_of_domain}, "pg_catalog.pg_get_constraintdef(k.oid)"},
      {{"validity"}, "CASE WHEN k.convalidated THEN 'valid' ELSE 'not valid' END"},
  };
  query.from = "pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid" +
               join_schema("t.typnamespace") + " WHERE " + users_own("pg_type", "t.oid") +
               (versions.both_since(180000) ? "" : " AND k.contype = 'c'");
  return query;
}

/// Leaves out partitions' triggers, which come with the partitioned table's, and those by which a switchover
/// refuses writes.
ObjectQuery triggers(const Versions& versions) {
  ObjectQuery query = part_query("trigger", "t.tgname");
  query.columns = {
      // Before PostgreSQL 12 triggers executed a PROCEDURE.
      {{"definition", versions.both_since(120000) ? Kind::expression : Kind::wording, Form::parts_of_trigger},
       "pg_catalog.pg_get_triggerdef(t.oid)"},
      {{"firing"}, "t.tgenabled"},
  };
  query.from = parts("pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid",
                     std::string("NOT t.tgisinternal AND t.tgname !~ '^pghaul_live_'") +
                         (versions.own >= 150000 ? " AND t.tgparentid = 0" : ""));
  return query;
}

/// Reads the triggers of partitions that fire otherwise than the partitioned table's.
ObjectQuery triggers_of_partitions(const Versions& versions) {
  ObjectQuery query = part_query("trigger of a partition", "t.tgname");
  query.columns = {{{"firing"}, "t.tgenabled"}};
  query.from =
      versions.both_since(130000)
          ? parts(
                "pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_trigger AS parent ON parent.oid = "
                "t.tgparentid JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid",
                "t.tgenabled <> parent.tgenabled AND t.tgconstraint = 0")
          : parts("pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid", "false");
  return query;
}

/// Reads the triggers of constraints that fire otherwise than usual.
ObjectQuery constraint_triggers(const Versions& versions) {
  ObjectQuery query = part_query(
      "internal trigger",
      "f.proname || ' on ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) "
      "|| ' for constraint ' || pg_catalog.quote_ident(root.conname) || ' of ' || "
      "pg_catalog.quote_ident(constrained_in.nspname) || '.' || "
      "pg_catalog.quote_ident(constrained.relname)");
  query.shown = ObjectClass::Shown::alone;
  query.refers = "root.conrelid";
  query.columns = {{{"firing"}, "t.tgenabled"}};
  query.from = constraint_triggers_from(versions.own) + " AND t.tgenabled <> 'O'";
  return query;
}

ObjectQuery rules() {
  ObjectQuery query = part_query("rule", "r.rulename");
  query.columns = {
      {{"definition", Kind::wording, Form::rule}, "pg_catalog.pg_get_ruledef(r.oid)"},
      {{"firing"}, "r.ev_enabled"},
  };
  query.from = parts("pg_catalog.pg_rewrite AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class",
                     "r.rulename <> '_RETURN'");
  return query;
}

ObjectQuery policies() {
  ObjectQuery query = part_query("policy", "p.polname");
  query.columns = {
      {{"command"}, "p.polcmd"},
      {{"kind"}, "CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END"},
      {{"roles"},
       "(SELECT pg_catalog.string_agg(one, ', ' ORDER BY one COLLATE \"C\") FROM (SELECT CASE role WHEN 0 "
       "THEN "
       "'PUBLIC' ELSE pg_catalog.pg_get_userbyid(role)::text END FROM pg_catalog.unnest(p.polroles) AS role) "
       "AS "
       "roles(one))"},
      {{"USING", Kind::expression, Form::expression}, "pg_catalog.pg_get_expr(p.polqual, p.polrelid)"},
      {{"WITH CHECK", Kind::expression, Form::expression},
       "pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)"},
  };
  query.from = parts("pg_catalog.pg_policy AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid", "true");
  return query;
}

/// Reads extended statistics. PostgreSQL 12 added a kind, which a definition that names none includes.
ObjectQuery statistics(const Versions& versions) {
  ObjectQuery query;
  query.label = "statistics object";
  query.schema = "n.nspname";
  query.name = "s.stxname";
  query.catalog = catalog_oid("pg_statistic_ext");
  query.oid = "s.oid";
  query.columns = {
      {{"definition", versions.both_since(120000) ? Kind::expression : Kind::wording,
        Form::parts_of_statistics},
       "pg_catalog.pg_get_statisticsobjdef(s.oid)"},
      {{"statistics target"},
       versions.since(130000, "CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END")},
      owner("s.stxowner"),
  };
  query.from = "pg_catalog.pg_statistic_ext AS s" + join_schema("s.stxnamespace") + " WHERE " +
               users_own("pg_statistic_ext", "s.oid");
  return query;
}

}  // namespace

std::vector<ObjectQuery> table_part_queries(const Versions& versions) {
  return {indexes(),
          constraints(versions),
          domain_constraints(versions),
          triggers(versions),
          triggers_of_partitions(versions),
          constraint_triggers(versions),
          rules(),
          policies(),
          statistics(versions)};
}

}  // namespace pghaul::catalog

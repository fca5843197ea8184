#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;
using Form = Aspect::Form;

std::string relations_of(const std::string& kinds, const std::string& joins = {}) {
  return "pg_catalog.pg_class AS c" + join_schema("c.relnamespace") + joins + " WHERE c.relkind IN (" +
         kinds + ") AND c.relpersistence <> 't' AND " + users_own("pg_class", "c.oid");
}

ObjectQuery::Column tablespace() {
  return {{"tablespace"},
          "(SELECT space.spcname FROM pg_catalog.pg_tablespace AS space WHERE space.oid = c.reltablespace)"};
}

ObjectQuery::Column access_method(const Versions& versions) {
  return {{"access method"},
          versions.since(120000,
                         "(SELECT am.amname FROM pg_catalog.pg_am AS am WHERE am.oid = c.relam AND c.relkind "
                         "<> 'p')")};
}

ObjectQuery::Column toast_options() {
  return {{"options of TOAST"},
          "(SELECT " + sorted("toast.reloptions") +
              " FROM pg_catalog.pg_class AS toast WHERE toast.oid = c.reltoastrelid)"};
}

ObjectQuery tables(const Versions& versions) {
  ObjectQuery query = relation_query("table");
  const std::string parent = qualified_name("pg_class", "rel", "tree.inhparent");
  query.columns = {
      {{"kind"}, "CASE c.relkind WHEN 'r' THEN 'ordinary' WHEN 'p' THEN 'partitioned' ELSE 'foreign' END"},
      owner("c.relowner"),
      grants(versions, "c.relacl", "r", "c.relowner"),
      // From PostgreSQL 18 on partitioned tables can't be unlogged, which never meant anything.
      {{"persistence"}, "CASE WHEN c.relkind <> 'p' THEN c.relpersistence END"},
      {{"options"}, sorted("c.reloptions")},
      toast_options(),
      tablespace(),
      access_method(versions),
      {{"row security"},
       "CASE WHEN c.relrowsecurity THEN 'enabled ' ELSE '' END || CASE WHEN c.relforcerowsecurity THEN "
       "'forced' ELSE '' END"},
      {{"replica identity"}, "c.relreplident"},
      {{"type", Kind::names},
       "CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END"},
      {{"partition key", Kind::expression, Form::parts}, "pg_catalog.pg_get_partkeydef(c.oid)"},
      {{"place as a partition", Kind::surroundings},
       "CASE WHEN c.relispartition THEN (SELECT 'of ' || " + parent +
           " || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid) FROM pg_catalog.pg_inherits AS tree "
           "WHERE tree.inhrelid = c.oid) END"},
      {{"parents", Kind::surroundings},
       "CASE WHEN NOT c.relispartition THEN (SELECT pg_catalog.string_agg(" + parent +
           ", ', ' ORDER BY tree.inhseqno) FROM pg_catalog.pg_inherits AS tree WHERE tree.inhrelid = c.oid) "
           "END"},
      {{"foreign server"}, "server.srvname"},
      {{"options of the foreign server", Kind::secret}, sorted("of_server.ftoptions")},
  };
  query.from = relations_of("'r', 'p', 'f'",
                            "LEFT JOIN pg_catalog.pg_foreign_table AS of_server ON of_server.ftrelid = c.oid "
                            "LEFT JOIN pg_catalog.pg_foreign_server AS server ON server.oid = "
                            "of_server.ftserver");
  return query;
}

ObjectQuery views(const Versions& versions) {
  ObjectQuery query = relation_query("view");
  query.columns = {
      {{"definition", Kind::wording, Form::view}, "pg_catalog.pg_get_viewdef(c.oid)"},
      {{"options"}, sorted("c.reloptions")},
      owner("c.relowner"),
      grants(versions, "c.relacl", "r", "c.relowner"),
  };
  query.from = relations_of("'v'");
  return query;
}

ObjectQuery materialized_views(const Versions& versions) {
  ObjectQuery query = relation_query("materialized view");
  query.columns = {
      {{"definition", Kind::wording, Form::view}, "pg_catalog.pg_get_viewdef(c.oid)"},
      {{"state"}, "CASE WHEN c.relispopulated THEN 'populated' ELSE 'not populated' END"},
      {{"options"}, sorted("c.reloptions")},
      toast_options(),
      tablespace(),
      access_method(versions),
      owner("c.relowner"),
      grants(versions, "c.relacl", "r", "c.relowner"),
  };
  query.from = relations_of("'m'");
  return query;
}

/// Reads sequences; since PostgreSQL 15 those of unlogged tables are unlogged too.
ObjectQuery sequences(const Versions& versions) {
  ObjectQuery query = relation_query("sequence");
  query.columns = {
      {{"definition"},
       "pg_catalog.format('AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s', "
       "pg_catalog.format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, "
       "q.seqcache, "
       "CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)"},
      {{"owning column", Kind::surroundings},
       "(SELECT " + qualified_name("pg_class", "rel", "owned.refobjid") +
           " || '.' || pg_catalog.quote_ident(a.attname) || CASE owned.deptype WHEN 'i' THEN ' (identity)' "
           "ELSE "
           "'' END FROM pg_catalog.pg_depend AS owned JOIN pg_catalog.pg_attribute AS a ON a.attrelid = "
           "owned.refobjid AND a.attnum = owned.refobjsubid WHERE owned.classid = " +
           catalog_oid("pg_class") +
           " AND owned.objid = c.oid AND owned.objsubid = 0 AND owned.refclassid = " +
           catalog_oid("pg_class") + " AND owned.deptype IN ('a', 'i'))"},
      {{"persistence"}, versions.since(150000, "c.relpersistence")},
      owner("c.relowner"),
      grants(versions, "c.relacl", "s", "c.relowner"),
  };
  query.from = relations_of("'S'", "JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = c.oid");
  return query;
}

/// Leaves out the columns' positions: a moved table may have them in another order. Options come without
/// PostgreSQL's hidden mark of its minor releases of November 2026.
ObjectQuery columns(const Versions& versions) {
  const std::string holds_rows = "c.relkind IN ('r', 'p', 'm', 'f')";
  ObjectQuery query = relation_query("column");
  query.shown = ObjectClass::Shown::of;
  query.part = "a.attname";
  query.catalog =
      "CASE c.relkind WHEN 'c' THEN " + catalog_oid("pg_type") + " ELSE " + catalog_oid("pg_class") + " END";
  query.oid = "CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END";
  query.columns = {
      {{"type", Kind::names}, "pg_catalog.format_type(a.atttypid, a.atttypmod)"},
      {{"collation"},
       "CASE WHEN a.attcollation <> t.typcollation THEN " +
           qualified_name("pg_collation", "coll", "a.attcollation") + " END"},
      {{"nullability"}, "CASE WHEN a.attnotnull THEN 'NOT NULL' END"},
      {{"default", Kind::expression, Form::expression}, "pg_catalog.pg_get_expr(d.adbin, d.adrelid)"},
      {{"generation"}, versions.since(120000, "a.attgenerated")},
      // From version 17 on partitions have the identity columns of their parents.
      {{"identity"},
       versions.both_since(170000) ? "a.attidentity"
                                   : "CASE WHEN NOT c.relispartition THEN a.attidentity END"},
      {{"storage"}, "CASE WHEN a.attstorage <> t.typstorage AND " + holds_rows + " THEN a.attstorage END"},
      {{"compression"}, versions.since(140000, "a.attcompression")},
      {{"statistics target"}, "CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END"},
      {{"options"},
       "CASE WHEN a.attoptions IS NOT NULL THEN (SELECT pg_catalog.string_agg(one, ', ' ORDER BY one COLLATE "
       "\"C\") FROM pg_catalog.unnest(a.attoptions) AS one WHERE one !~ '^pg_attver=') END"},
      {{"options of the foreign server", Kind::secret},
       "CASE WHEN a.attfdwoptions IS NOT NULL THEN " + sorted("a.attfdwoptions") + " END"},
      grants(versions, "a.attacl", "c", "c.relowner"),
  };
  query.from =
      relations_of("'r', 'p', 'v', 'm', 'f', 'c'",
                   "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
                   "a.attisdropped JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid LEFT JOIN "
                   "pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum") +
      " AND (c.relkind <> 'c' OR " + users_own("pg_type", "c.reltype") +
      ")";  // the type is the member of an extension
  return query;
}

}  // namespace

std::vector<ObjectQuery> relation_queries(const Versions& versions) {
  return {tables(versions), views(versions), materialized_views(versions), sequences(versions),
          columns(versions)};
}

}  // namespace pghaul::catalog

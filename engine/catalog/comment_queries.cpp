#include <array>

#include "catalog/object_query.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

using Kind = Aspect::Kind;

/// Joins `c` to `x`, the commented object: the relation that it is or is a part of, if any.
const std::string kRelationOf =
    " LEFT JOIN pg_catalog.pg_constraint AS k ON x.classoid = " + catalog_oid("pg_constraint") +
    " AND k.oid = x.objoid LEFT JOIN pg_catalog.pg_trigger AS t ON x.classoid = " +
    catalog_oid("pg_trigger") +
    " AND t.oid = x.objoid LEFT JOIN pg_catalog.pg_rewrite AS r ON x.classoid = " +
    catalog_oid("pg_rewrite") +
    " AND r.oid = x.objoid LEFT JOIN pg_catalog.pg_policy AS p ON x.classoid = " + catalog_oid("pg_policy") +
    " AND p.oid = x.objoid LEFT JOIN pg_catalog.pg_index AS i ON x.classoid = " + catalog_oid("pg_class") +
    " AND i.indexrelid = x.objoid LEFT JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(i.indrelid, "
    "k.conrelid, t.tgrelid, r.ev_class, p.polrelid, CASE x.classoid WHEN " +
    catalog_oid("pg_class") +
    " THEN x.objoid END) LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace CROSS JOIN LATERAL "
    "pg_catalog.pg_identify_object(x.classoid, x.objoid, x.objsubid) AS object ";

/// Condition: the object is a user's and still exists, or is schema public. Comments on extensions come with
/// them, and need their owner; those on large objects are listed with these. Comments on indexes that aren't
/// valid are left out. Classes without names are conditions of their own, so that thousands of PostgreSQL's
/// objects needn't be identified.
const std::string kOfUsers =
    "x.classoid NOT IN (" + catalog_oid("pg_extension") + "::oid, " + catalog_oid("pg_largeobject") +
    "::oid) AND (x.objoid >= " + std::to_string(kFirstUserOid) +
    " OR x.classoid = " + catalog_oid("pg_namespace") +
    ") AND (x.objoid >= " + std::to_string(kFirstUserOid) +
    " OR x.objoid = (SELECT public.oid FROM pg_catalog.pg_namespace AS public WHERE public.nspname = "
    "'public')) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS member WHERE "
    "(member.classid = x.classoid AND member.objid = x.objoid OR member.classid = " +
    catalog_oid("pg_class") +
    " AND member.objid = c.oid) AND member.objsubid = 0 AND member.deptype = 'e') AND "
    "coalesce(c.relpersistence "
    "<> 't', true) AND coalesce(i.indisvalid OR (SELECT partitioned.relkind = 'I' FROM pg_catalog.pg_class "
    "AS "
    "partitioned WHERE partitioned.oid = i.indexrelid), true)";

/// `remarks`: a table or a query, with the columns that pg_description begins with.
ObjectQuery remark_query(const std::string& label, const std::string& remarks) {
  ObjectQuery query;
  query.label = label;
  query.shown = ObjectClass::Shown::alone;
  query.schema = "n.nspname";
  query.name =
      "coalesce(c.relname, (SELECT own.nspname FROM pg_catalog.pg_namespace AS own WHERE x.classoid = " +
      catalog_oid("pg_namespace") + " AND own.oid = x.objoid))";
  query.part = "object.type || ' ' || object.identity";
  query.catalog = "CASE WHEN c.oid IS NULL THEN x.classoid ELSE " + catalog_oid("pg_class") + " END";
  query.oid = "coalesce(c.oid, x.objoid)";
  query.from = remarks + " AS x" + kRelationOf + " WHERE object.identity IS NOT NULL AND " + kOfUsers;
  return query;
}

struct Granting {
  const char* catalog;
  const char* owner;
  const char* acl;
  const char* type;
};
constexpr std::array<Granting, 7> kGranting = {{
    {"pg_class", "relowner", "relacl", "r"},
    {"pg_proc", "proowner", "proacl", "f"},
    {"pg_type", "typowner", "typacl", "T"},
    {"pg_namespace", "nspowner", "nspacl", "n"},
    {"pg_language", "lanowner", "lanacl", "l"},
    {"pg_foreign_data_wrapper", "fdwowner", "fdwacl", "F"},
    {"pg_foreign_server", "srvowner", "srvacl", "S"},
}};

/// Reads grants on what PostgreSQL or an extension brought, where they differ from those that it brought
/// along. Another major version brings other objects.
ObjectQuery changed_grants(const Versions& versions) {
  std::string all;
  for (const Granting& one : kGranting) {
    const std::string catalog = one.catalog;
    const std::string type = catalog == "pg_class" ? "CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\""
                                                   : "'" + std::string(one.type) + "'::\"char\"";
    all += std::string(all.empty() ? "" : " UNION ALL ") + "SELECT " + catalog_oid(catalog) +
           "::oid, x.oid, 0, " + "x." + one.acl + ", x." + one.owner + ", pg_catalog.acldefault(" + type +
           ", x." + one.owner + ") FROM pg_catalog." + catalog + " AS x" +
           (catalog == "pg_namespace"  ? " WHERE x.nspname <> 'public'"
            : catalog == "pg_language" ? " WHERE x.lanispl"  // pg_dump carries no others
                                       : "");
  }
  all += " UNION ALL SELECT " + catalog_oid("pg_class") +
         "::oid, a.attrelid, a.attnum, a.attacl, c.relowner, pg_catalog.acldefault('c', c.relowner) FROM "
         "pg_catalog.pg_attribute AS a "
         "JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL";
  const std::string brought = "coalesce(came.initprivs, x.usual)";
  ObjectQuery query;
  query.label = "grants on";
  query.shown = ObjectClass::Shown::alone;
  query.part = "object.type || ' ' || object.identity";
  query.catalog = "x.class";
  query.oid = "x.oid";
  query.columns = {
      {{"grants", Kind::grants}, grants_sql(versions, "coalesce(x.acl, x.usual)", "", "x.owner", brought)}};
  query.from =
      "(" + all +
      ") AS x(class, oid, part, acl, owner, usual) LEFT JOIN pg_catalog.pg_init_privs AS came ON "
      "came.classoid = x.class AND came.objoid = x.oid AND came.objsubid = x.part CROSS JOIN LATERAL "
      "pg_catalog.pg_identify_object(x.class, x.oid, x.part) AS object WHERE (x.acl IS NOT NULL OR "
      "came.initprivs IS NOT NULL) AND coalesce(x.acl, x.usual) <> " +
      brought + " AND (x.oid < " + std::to_string(kFirstUserOid) +
      " OR EXISTS (SELECT FROM pg_catalog.pg_depend AS member WHERE member.classid = x.class AND "
      "member.objid = x.oid AND member.objsubid = 0 AND member.deptype = 'e'))" +
      (versions.same_major ? "" : " AND false");
  query.left_out_by = LeftOutBy::no_acl;
  return query;
}

/// Reads ALTER … DEPENDS ON EXTENSION: with the extension, the object is dropped.
ObjectQuery dependences() {
  ObjectQuery query = remark_query("dependence of",
                                   "(SELECT d.classid AS classoid, d.objid AS objoid, d.objsubid, d.refobjid "
                                   "FROM pg_catalog.pg_depend AS d "
                                   "WHERE d.deptype = 'x' AND d.refclassid = " +
                                       catalog_oid("pg_extension") + ")");
  query.part +=
      " || ' on extension ' || (SELECT pg_catalog.quote_ident(e.extname) FROM pg_catalog.pg_extension AS e "
      "WHERE e.oid = x.refobjid)";
  query.left_out_by = LeftOutBy::choice_of_schemas;
  return query;
}

}  // namespace

std::vector<ObjectQuery> comment_queries(const Versions& versions) {
  ObjectQuery comments = remark_query("comment on", "pg_catalog.pg_description");
  comments.columns = {{{"text"}, "x.description"}};
  comments.from += " AND x.description <> ''";
  comments.left_out_by = LeftOutBy::no_comments;
  ObjectQuery labels = remark_query("security label on", "pg_catalog.pg_seclabel");
  labels.part += " || ' by ' || x.provider";
  labels.columns = {{{"text"}, "x.label"}};
  labels.left_out_by = LeftOutBy::no_security_labels;
  return {comments, labels, dependences(), changed_grants(versions)};
}

}  // namespace pghaul::catalog

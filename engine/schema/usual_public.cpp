#include "schema/usual_public.h"

#include <string>

#include "postgres/rows.h"
#include "schema/listed_statements.h"

namespace pghaul::schema {
namespace {

/// Lists the contents of the schema; extensions that are there stay, with their members. Identities are quoted and qualified as DROP takes them.
/// Source  PostgreSQL manual, "System Information Functions", pg_identify_object().
constexpr const char* kDropContents = R"(
SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE',
         CASE i.type WHEN 'function' THEN 'ROUTINE' WHEN 'procedure' THEN 'ROUTINE' WHEN 'aggregate' THEN 'ROUTINE'
           WHEN 'composite type' THEN 'TYPE' WHEN 'statistics object' THEN 'STATISTICS' ELSE i.type END,
         i.identity)
  FROM pg_catalog.pg_depend AS d
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) AS i
 WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.deptype = 'n'
   AND d.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS member WHERE member.classid = d.classid
                   AND member.objid = d.objid AND member.objsubid = 0 AND member.deptype = 'e')
   AND d.refobjid = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'))";

/// Lists statements that revoke default privileges in the schema, and grants on it. NULLs: a role that is
/// gone.
constexpr const char* kRevokeGrants = R"(
WITH public AS (SELECT n.oid, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'),
     named(oid, name) AS (SELECT r.oid, pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_roles AS r
                           UNION ALL SELECT 0, 'PUBLIC')
SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA public REVOKE ALL ON %s FROM %s CASCADE',
         (SELECT name FROM named WHERE named.oid = x.defaclrole),
         CASE x.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
         named.name)
  FROM pg_catalog.pg_default_acl AS x JOIN public ON public.oid = x.defaclnamespace
 CROSS JOIN LATERAL pg_catalog.aclexplode(x.defaclacl) AS a JOIN named ON named.oid = a.grantee
 UNION
SELECT pg_catalog.format('REVOKE ALL ON SCHEMA public FROM %s CASCADE', named.name)
  FROM public CROSS JOIN LATERAL pg_catalog.aclexplode(public.nspacl) AS a JOIN named ON named.oid = a.grantee)";

/// Finds whether the schema exists, whether the role has its owner's rights, and who shall own it: up to
/// version 14 the role that initdb made, since then pg_database_owner; where the role may not give it to that
/// one, its present owner.
constexpr const char* kStanding = R"(
SELECT n.oid IS NOT NULL, coalesce(pg_catalog.pg_has_role(n.nspowner, 'USAGE'), true),
       coalesce((SELECT pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_roles AS r
                  WHERE CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 150000
                             THEN r.rolname = 'pg_database_owner' ELSE r.oid = 10 END
                    AND pg_catalog.pg_has_role(r.oid, 'MEMBER')),
                pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(n.nspowner)),
                pg_catalog.quote_ident(CURRENT_USER))
  FROM (SELECT) AS one LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = 'public')";

}  // namespace

Status make_public_usual(postgres::Connection& target) {
  const Result<postgres::Rows> standing = target.query(kStanding);
  if (!standing) return standing.error().during("looking at schema public of the target");
  if (const Status dropped = run_listed(target, kDropContents); !dropped) {
    return dropped.error().during("cannot drop what schema public of the target holds");
  }
  if (!standing->boolean(0, 1)) return {};
  const std::string owner = standing->string(0, 2);
  std::string usual = standing->boolean(0, 0) ? "" : "CREATE SCHEMA public;";
  usual += "ALTER SCHEMA public OWNER TO " + owner + "; GRANT ALL ON SCHEMA public TO " + owner +
           "; COMMENT ON SCHEMA public IS 'standard public schema';";
  usual += target.version() >= 150000 ? "GRANT USAGE ON SCHEMA public TO PUBLIC"
                                      : "GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC";
  Status made = run_listed(target, kRevokeGrants);
  if (made) made = target.execute(usual);
  return made ? made
              : made.error().during("cannot give schema public of the target its usual owner and grants");
}

}  // namespace pghaul::schema

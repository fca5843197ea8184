#include <utility>

#include "catalog/parts.h"
#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Counts slots as the server does when it admits a role; superusers are held to max_connections only. Other
/// roles' sessions are hidden from ordinary ones: a backend of unknown kind counts as a client.
/// Source  PostgreSQL's src/backend/utils/init/postinit.c, InitPostgres(), CheckMyDatabase(); miscinit.c,
///         InitializeSessionUserId().
constexpr const char* kServer = R"(
WITH slots AS (
  SELECT pg_catalog.count(*) AS used,
         pg_catalog.count(*) FILTER (WHERE a.usename = current_user) AS used_by_role,
         pg_catalog.count(*) FILTER (WHERE a.datname = pg_catalog.current_database()) AS used_in_database
  FROM pg_catalog.pg_stat_activity AS a
  WHERE a.usesysid IS NOT NULL AND a.datid IS NOT NULL
    AND coalesce(a.backend_type, 'client backend') = 'client backend'
), reserved AS (
  SELECT pg_catalog.sum(s.setting::int) AS slots
  FROM pg_catalog.pg_settings AS s
  WHERE s.name IN ('superuser_reserved_connections', 'reserved_connections')
)
SELECT pg_catalog.current_setting('server_version_num'),
       pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
       d.datname, d.oid, pg_catalog.pg_database_size(d.oid),
       pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       r.rolname, r.rolsuper, r.rolsuper OR r.rolbypassrls,
       pg_catalog.has_database_privilege(d.oid, 'CREATE'),
       pg_catalog.pg_is_in_recovery(),
       greatest(0, least(
         pg_catalog.current_setting('max_connections')::int - slots.used
           - CASE WHEN r.rolsuper THEN 0 ELSE reserved.slots END,
         CASE WHEN NOT r.rolsuper AND r.rolconnlimit >= 0 THEN r.rolconnlimit - slots.used_by_role END,
         CASE WHEN NOT r.rolsuper AND d.datconnlimit >= 0 THEN d.datconnlimit - slots.used_in_database END)),
       pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
       pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_has_role(d.datdba, 'USAGE'),
       r.rolsuper OR r.rolcreaterole
FROM pg_catalog.pg_database AS d, pg_catalog.pg_roles AS r, slots, reserved
WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user)";

/// Names the rules of sorting. C and POSIX, with whatever encoding, sort by bytes in every version; a
/// library's version is part of what it does, and where the server doesn't know it, two databases can't be
/// said to sort alike. The hash function's result depends on the machine's order of bytes.
std::string locale_sql(int version) {
  const std::string provider = version >= 150000 ? "d.datlocprovider::text" : "'c'";
  const std::string locale = version >= 170000   ? "d.datlocale"
                             : version >= 150000 ? "d.daticulocale"
                                                 : "NULL";
  const std::string rules = version >= 160000 ? "d.daticurules" : "NULL";
  const std::string library = version >= 150000
                                  ? "pg_catalog.pg_database_collation_actual_version(d.oid)"
                                  : "(SELECT pg_catalog.pg_collation_actual_version(c.oid)"
                                    " FROM pg_catalog.pg_collation AS c WHERE c.collprovider = 'c'"
                                    " AND c.collcollate = d.datcollate ORDER BY c.oid LIMIT 1)";
  return R"(
SELECT CASE
         WHEN )" +
         provider + R"( = 'c' AND d.datcollate ~* '^(C|POSIX)([.]|$)' THEN
           pg_catalog.concat_ws('/', 'c', d.datcollate, d.datctype)
         ELSE pg_catalog.concat_ws('/', )" +
         provider + ", d.datcollate, d.datctype, " + locale + ", " + rules + R"() || ' ' || )" + library + R"(
       END,
       (SELECT pg_catalog.string_agg(DISTINCT c.collprovider::text || ' ' ||
                                     pg_catalog.pg_collation_actual_version(c.oid), ', ')
        FROM pg_catalog.pg_collation AS c
        WHERE c.collnamespace = 'pg_catalog'::regnamespace
          AND (c.collname = 'und-x-icu' OR c.oid = (
            SELECT pg_catalog.min(l.oid) FROM pg_catalog.pg_collation AS l
            WHERE l.collprovider = 'c' AND l.collnamespace = 'pg_catalog'::regnamespace
              AND l.collcollate !~* '^(C|POSIX)([.]|$)'))),
       pg_catalog.hashtextextended('pghaul' COLLATE "C", 0)
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database())";
}

constexpr const char* kSettings = R"(
SELECT s.name, s.setting
FROM pg_catalog.pg_settings AS s
WHERE s.name IN ('block_size', 'data_checksums', 'default_toast_compression', 'fsync', 'full_page_writes',
                 'maintenance_work_mem', 'max_connections', 'max_locks_per_transaction',
                 'max_parallel_maintenance_workers', 'max_parallel_workers', 'max_prepared_transactions',
                 'max_wal_size', 'max_worker_processes', 'shared_buffers', 'wal_compression', 'wal_level'))";

/// Lists settings that the role may not set for a database. Since PostgreSQL 15 the right to set one can be
/// granted.
std::string closed_settings_sql(int version) {
  return std::string(
             "SELECT s.name FROM pg_catalog.pg_settings AS s, pg_catalog.pg_roles AS r"
             " WHERE s.context IN ('superuser', 'superuser-backend') AND r.rolname = current_user"
             " AND NOT r.rolsuper") +
         (version >= 150000 ? " AND NOT pg_catalog.has_parameter_privilege(s.name, 'SET')" : "");
}

/// Lists roles that the role may give objects to. Since PostgreSQL 16 a membership may lack that right.
std::string own_roles_sql(int version) {
  return std::string("SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE pg_catalog.pg_has_role(r.oid, '") +
         (version >= 160000 ? "SET" : "MEMBER") + "')";
}

constexpr const char* kClosedTablespaces =
    "SELECT s.spcname FROM pg_catalog.pg_tablespace AS s"
    " WHERE NOT pg_catalog.has_tablespace_privilege(s.oid, 'CREATE')";

constexpr const char* kSchemas =
    "SELECT n.nspname, n.nspname <> 'public' OR pg_catalog.pg_has_role(n.nspowner, 'USAGE')"
    " FROM pg_catalog.pg_namespace AS n";

std::vector<std::string> names(const postgres::Rows& rows) {
  std::vector<std::string> list;
  for (int row = 0; row < rows.size(); ++row) list.push_back(rows.string(row, 0));
  return list;
}

std::string available_extensions_sql(int version) {
  const std::string trusted = version >= 130000 ? "coalesce(v.trusted OR NOT v.superuser, true)" : "true";
  return "SELECT a.name, a.default_version, " + trusted +
         " FROM pg_catalog.pg_available_extensions AS a LEFT JOIN pg_catalog.pg_available_extension_versions"
         " AS v ON v.name = a.name AND v.version = a.default_version ORDER BY a.name";
}

std::vector<Extension> extensions(const postgres::Rows& rows) {
  std::vector<Extension> list;
  for (int row = 0; row < rows.size(); ++row) list.push_back({rows.string(row, 0), rows.string(row, 1)});
  return list;
}

}  // namespace

Result<Server> read_server_settings(postgres::Connection& connection) {
  const std::string doing =
      std::string("looking at the ") + postgres::side_name(connection.side()) + " server";
  const Result<std::vector<postgres::Rows>> answers =
      connection.query_all({kServer, kSettings, "SELECT rolname FROM pg_catalog.pg_roles ORDER BY rolname",
                            "SELECT spcname FROM pg_catalog.pg_tablespace ORDER BY spcname",
                            "SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY extname",
                            closed_settings_sql(connection.version()), locale_sql(connection.version()),
                            locale_provider_sql(connection.version()), own_roles_sql(connection.version()),
                            kClosedTablespaces, kSchemas});
  if (!answers) return answers.error().during(doing);
  const postgres::Rows* const facts = answers->data();
  const postgres::Rows& settings = (*answers)[1];
  Server server;
  server.version = static_cast<int>(facts->integer(0, 0));
  server.version_text = facts->string(0, 1);
  server.database = facts->string(0, 2);
  server.database_oid = facts->oid(0, 3);
  server.database_bytes = facts->integer(0, 4);
  server.encoding = facts->string(0, 5);
  server.collate = facts->string(0, 6);
  server.ctype = facts->string(0, 7);
  const postgres::Rows& locale = (*answers)[6];
  server.locale = locale.string(0, 0);
  server.collation_libraries = locale.string(0, 1);
  server.hash_sample = locale.string(0, 2);
  server.role = facts->string(0, 8);
  server.superuser = facts->boolean(0, 9);
  server.bypasses_row_security = facts->boolean(0, 10);
  server.may_create = facts->boolean(0, 11);
  server.in_recovery = facts->boolean(0, 12);
  server.free_connections = static_cast<int>(facts->integer(0, 13));

  // This is a statement of its own: a call that is not allowed is refused even where it would not be reached.
  if (facts->boolean(0, 14)) {
    const Result<postgres::Rows> control =
        connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()");
    if (!control) return control.error().during(doing);
    server.system_identifier = control->string(0, 0);
  }

  for (int row = 0; row < settings.size(); ++row) {
    server.settings.emplace(settings.string(row, 0), settings.string(row, 1));
  }
  server.roles = names((*answers)[2]);
  server.tablespaces = names((*answers)[3]);
  server.extensions = extensions((*answers)[4]);
  server.database_owner = facts->string(0, 15);
  server.owns_database = facts->boolean(0, 16);
  server.may_alter_roles = facts->boolean(0, 17);
  for (const std::string& name : names((*answers)[5])) server.closed_settings.insert(name);
  for (const std::string& name : names((*answers)[8])) server.own_roles.insert(name);
  for (const std::string& name : names((*answers)[9])) server.closed_tablespaces.insert(name);
  const postgres::Rows& schemas = (*answers)[10];
  for (int row = 0; row < schemas.size(); ++row) {
    server.schemas.insert(schemas.string(row, 0));
    server.owns_public = server.owns_public && schemas.boolean(row, 1);
  }
  const postgres::Rows& provider = (*answers)[7];
  server.locale_provider = provider.text(0, 0).front();
  server.icu_locale = provider.string(0, 1);
  server.collation_version = provider.string(0, 2);
  return server;
}

Result<Server> read_server(postgres::Connection& connection) {
  Result<Server> server = read_server_settings(connection);
  if (!server) return server;
  const Result<postgres::Rows> available = connection.query(available_extensions_sql(connection.version()));
  if (available) {
    server->available_extensions = extensions(*available);
    for (int row = 0; row < available->size(); ++row) {
      server->available_extensions[static_cast<std::size_t>(row)].trusted = available->boolean(row, 2);
    }
  } else if (available.error().code != ErrorCode::server_error) {
    return available.error().during(listing("extensions", connection));
  }
  return server;
}

}  // namespace pghaul::catalog

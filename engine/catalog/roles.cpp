#include "catalog/roles.h"

#include <map>

#include "catalog/model.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

constexpr const char* kRoles =
    "SELECT r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,"
    " r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil::text,"
    " pg_catalog.shobj_description(r.oid, 'pg_authid')"
    " FROM pg_catalog.pg_roles AS r ORDER BY r.rolname";

/// A setting is kept as "name=value".
constexpr const char* kSettings =
    "SELECT s.setrole, pg_catalog.split_part(one, '=', 1), pg_catalog.substr(one, pg_catalog.strpos(one, "
    "'=') + 1)"
    " FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS one"
    " WHERE s.setdatabase = 0";

constexpr const char* kGroups =
    "SELECT m.member, pg_catalog.pg_get_userbyid(m.roleid), pg_catalog.bool_or(m.admin_option)"
    " FROM pg_catalog.pg_auth_members AS m GROUP BY 1, 2";

constexpr const char* kMayReadPasswords =
    "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')";
constexpr const char* kPasswords =
    "SELECT a.oid, a.rolpassword FROM pg_catalog.pg_authid AS a WHERE a.rolpassword IS NOT NULL";

}  // namespace

Result<std::vector<Role>> read_roles(postgres::Connection& server, const std::set<std::string>& names) {
  const Result<std::vector<postgres::Rows>> answers =
      server.query_all({kRoles, kSettings, kGroups, kMayReadPasswords});
  if (!answers) return answers.error().during(listing("roles", server));
  const postgres::Rows& rows = answers->front();
  std::vector<Role> roles;
  std::map<Oid, std::size_t> places;
  for (int row = 0; row < rows.size(); ++row) {
    if (!names.contains(rows.string(row, 1))) continue;
    places[rows.oid(row, 0)] = roles.size();
    roles.push_back({.name = rows.string(row, 1),
                     .superuser = rows.boolean(row, 2),
                     .inherits = rows.boolean(row, 3),
                     .may_create_roles = rows.boolean(row, 4),
                     .may_create_databases = rows.boolean(row, 5),
                     .may_log_in = rows.boolean(row, 6),
                     .may_replicate = rows.boolean(row, 7),
                     .bypasses_row_security = rows.boolean(row, 8),
                     .connection_limit = static_cast<int>(rows.integer(row, 9)),
                     .valid_until = rows.string(row, 10),
                     .comment = rows.string(row, 11)});
  }
  const auto each_of_roles = [&](const postgres::Rows& all, auto use) {
    for (int row = 0; row < all.size(); ++row) {
      const auto place = places.find(all.oid(row, 0));
      if (place != places.end()) use(roles[place->second], row);
    }
  };
  const postgres::Rows& settings = (*answers)[1];
  each_of_roles(settings, [&](Role& role, int row) {
    role.settings.emplace_back(settings.string(row, 1), settings.string(row, 2));
  });
  const postgres::Rows& groups = (*answers)[2];
  each_of_roles(groups, [&](Role& role, int row) {
    role.groups.emplace_back(groups.string(row, 1), groups.boolean(row, 2));
  });
  if (!(*answers)[3].boolean(0, 0)) {
    for (Role& role : roles) role.hides_password = role.may_log_in;
    return roles;
  }
  const Result<postgres::Rows> passwords = server.query(kPasswords);
  if (!passwords) return passwords.error().during("reading passwords of roles");
  each_of_roles(*passwords, [&](Role& role, int row) { role.password = passwords->string(row, 1); });
  return roles;
}

Result<std::set<std::string>> list_roles(postgres::Connection& server) {
  const Result<postgres::Rows> rows = server.query("SELECT rolname FROM pg_catalog.pg_roles");
  if (!rows) return rows.error().during(listing("roles", server));
  std::set<std::string> names;
  for (int row = 0; row < rows->size(); ++row) names.insert(rows->string(row, 0));
  return names;
}

}  // namespace pghaul::catalog

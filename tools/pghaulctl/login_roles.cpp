#include "login_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pghaul::platform {
namespace {

constexpr const char* kIntroduced = "pghaulctl credentials: rotation under way";
constexpr const char* kInUse = "pghaulctl credentials: in use";
constexpr const char* kFormer = "pghaulctl credentials: former";
constexpr std::size_t kLongestWriter = 61;  // of the 63 bytes of a name, two are for _a and _b

std::string comment(const Server& server, const std::string& role, const char* text) {
  return fmt::format("COMMENT ON ROLE {} IS {};\n", server.identifier(role), server.literal(text));
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

std::string in_database(const Server& server, const std::string& database) {
  return database.empty() ? "" : " IN DATABASE " + server.identifier(database);
}

/// Writes the statements that give `role` the settings of `writer`, and no others. FROM CURRENT keeps lists,
/// such as a search_path, as they are.
Result<std::string> carry_settings(Server& server, const std::string& writer, const std::string& role) {
  const auto rows = server.query(fmt::format(
      "SELECT r.rolname, coalesce(d.datname, ''), pg_catalog.split_part(one, '=', 1), pg_catalog.substr(one, "
      "pg_catalog.strpos(one, '=') + 1) FROM pg_catalog.pg_db_role_setting AS s JOIN pg_catalog.pg_roles AS "
      "r ON "
      "r.oid = s.setrole LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase, "
      "pg_catalog.unnest(s.setconfig) AS one WHERE r.rolname IN ({0}, {1}) ORDER BY r.rolname = {0}",
      server.literal(writer), server.literal(role)));
  if (!rows) return tl::make_unexpected(rows.error());
  std::string sql;
  const std::string alter = "ALTER ROLE " + server.identifier(role);
  for (const auto& row : *rows) {
    const std::string where = in_database(server, row[1]);
    if (row[0] == role) {
      sql += fmt::format("{}{} RESET ALL;\n", alter, where);
    } else if (row[2] != "role") {
      const std::string name = row[2].find('.') == std::string::npos ? server.identifier(row[2]) : row[2];
      sql += fmt::format("SELECT pg_catalog.set_config({}, {}, true);\n{}{} SET {} FROM CURRENT;\n",
                         server.literal(row[2]), server.literal(row[3]), alter, where, name);
    }
  }
  return sql + fmt::format("{} SET role TO {};\n", alter, server.literal(writer));
}

/// A role with what carry_logins() carries.
struct CarriedRole {
  bool login = false;
  std::string verifier;  // empty: no password
  std::string comment;

  bool operator==(const CarriedRole&) const = default;
};

Result<std::map<std::string, CarriedRole>> read_carried(Server& server,
                                                        const std::vector<std::string>& writers) {
  const auto rows = server.query(fmt::format(
      "SELECT rolname, rolcanlogin, coalesce(rolpassword, ''), coalesce(pg_catalog.shobj_description(oid, "
      "'pg_authid'), '') FROM pg_catalog.pg_authid WHERE oid IN ({})",
      oids_with_logins(server, writers)));
  if (!rows) return tl::make_unexpected(rows.error());
  std::map<std::string, CarriedRole> roles;
  for (const auto& row : *rows) roles[row[0]] = {row[1] == "t", row[2], row[3]};
  return roles;
}

std::string make_alike(const Server& server, const std::string& role, const CarriedRole& wanted) {
  const auto or_null = [&](const std::string& text) { return text.empty() ? "NULL" : server.literal(text); };
  return fmt::format("ALTER ROLE {0} {1} PASSWORD {2};\nCOMMENT ON ROLE {0} IS {3};\n",
                     server.identifier(role), wanted.login ? "LOGIN" : "NOLOGIN", or_null(wanted.verifier),
                     or_null(wanted.comment));
}

}  // namespace

std::array<std::string, 2> login_names(const std::string& writer) {
  return {writer + "_a", writer + "_b"};
}

bool is_login_of(const std::string& role, const std::string& writer) {
  return role == writer || std::ranges::count(login_names(writer), role) != 0;
}

std::string oids_with_logins(const Server& server, const std::vector<std::string>& writers) {
  return fmt::format(
      "SELECT l.oid FROM pg_catalog.pg_roles AS l WHERE l.rolname IN ({0}) OR EXISTS (SELECT FROM "
      "pg_catalog.pg_auth_members AS m JOIN pg_catalog.pg_roles AS w ON w.oid = m.roleid WHERE m.member = "
      "l.oid "
      "AND w.rolname IN ({0}) AND l.rolname::text IN (w.rolname || '_a', w.rolname || '_b'))",
      server.literals(writers));
}

Result<WriterLogins> read_logins(Server& server, const std::string& writer) {
  if (writer.size() > kLongestWriter)
    return refused(fmt::format("the name of {} is too long to make {}_a of it", writer, writer));
  const auto [a, b] = login_names(writer);
  const auto rows = server.query(fmt::format(
      "SELECT rolname, rolcanlogin, coalesce(pg_catalog.shobj_description(oid, 'pg_authid'), '') FROM "
      "pg_catalog.pg_roles WHERE rolname IN ({}) ORDER BY 1",
      server.literals({writer, a, b})));
  if (!rows) return tl::make_unexpected(rows.error());
  WriterLogins logins{.writer = writer};
  for (const auto& row : *rows) {
    const std::string& role = row[0];
    const std::string& state = row[2];
    if (role != writer && state != kIntroduced && state != kInUse && state != kFormer) {
      return refused(fmt::format("there is a role {} that 'credentials rotate' has not made", role),
                     fmt::format("rename it: {}'s logins are {} and {}", writer, a, b));
    }
    logins.existing.push_back(role);
    if (row[1] == "t") logins.can_log_in.push_back(role);
    if (state == kIntroduced) logins.introduced = role;
    if (state == kInUse) logins.in_use = role;
  }
  if (!contains(logins.existing, writer)) return refused(fmt::format("there is no role {}", writer));
  return logins;
}

Outcome introduce_login(Server& server, const WriterLogins& logins, const Login& login) {
  const auto verifier = server.verifier(login.user, login.password);
  if (!verifier) return tl::make_unexpected(verifier.error());
  const auto settings = carry_settings(server, logins.writer, login.user);
  if (!settings) return tl::make_unexpected(settings.error());
  const auto limit = server.query("SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = " +
                                  server.literal(logins.writer));
  if (!limit) return tl::make_unexpected(limit.error());
  const std::string role = server.identifier(login.user);
  std::string sql = contains(logins.existing, login.user) ? "" : fmt::format("CREATE ROLE {};\n", role);
  sql += fmt::format("ALTER ROLE {} LOGIN INHERIT CONNECTION LIMIT {} PASSWORD {} VALID UNTIL 'infinity';\n",
                     role, limit->front()[0], server.literal(*verifier));
  sql += fmt::format("GRANT {} TO {};\n", server.identifier(logins.writer), role);
  return server.run(sql + comment(server, login.user, kIntroduced) + *settings);
}

Result<std::string> read_verifier(Server& server, const std::string& role) {
  const auto rows =
      server.query("SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = " + server.literal(role));
  if (!rows) return tl::make_unexpected(rows.error());
  if (!rows->empty() && !rows->front()[0].empty()) return rows->front()[0];
  return refused(fmt::format("{} has no password any more", role), "run it again");
}

Outcome settle_login(Server& server, const WriterLogins& logins, const std::string& role) {
  std::string sql = comment(server, role, kInUse);
  for (const std::string& other : login_names(logins.writer)) {
    if (other != role && contains(logins.existing, other)) sql += comment(server, other, kFormer);
  }
  return server.run(sql);
}

Outcome carry_logins(Server& from, Server& to, const std::vector<std::string>& writers) {
  const auto wanted = read_carried(from, writers);
  if (!wanted) return tl::make_unexpected(wanted.error());
  const auto there = read_carried(to, writers);
  if (!there) return tl::make_unexpected(there.error());
  std::string sql;
  for (const std::string& writer : writers) {
    const auto [a, b] = login_names(writer);
    if (!wanted->contains(a) && !wanted->contains(b)) continue;
    if (!there->contains(writer))
      return refused(fmt::format("the next database has no role {}", writer), "create it there first");
    for (const std::string& role : {writer, a, b}) {
      const auto one = wanted->find(role);
      if (one == wanted->end()) continue;
      const auto former = there->find(role);
      if (former != there->end() && former->second == one->second) continue;
      if (former == there->end()) {
        const auto settings = carry_settings(to, writer, role);
        if (!settings) return tl::make_unexpected(settings.error());
        sql += fmt::format("CREATE ROLE {} INHERIT IN ROLE {};\n{}", to.identifier(role),
                           to.identifier(writer), *settings);
      }
      sql += make_alike(to, role, one->second);
    }
  }
  return to.run(sql);
}

Outcome end_login(Server& server, const std::string& role) {
  if (auto ended = server.run(fmt::format("ALTER ROLE {} NOLOGIN PASSWORD NULL", server.identifier(role)));
      !ended)
    return ended;
  return server.run(
      "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = " +
      server.literal(role));
}

Result<std::vector<LoginSession>> sessions_of_login(Server& server, const std::string& role) {
  const auto rows = server.query(
      "SELECT pid, datname, application_name, client_addr FROM pg_catalog.pg_stat_activity WHERE usename = " +
      server.literal(role) + " ORDER BY 1");
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<LoginSession> sessions;
  for (const auto& row : *rows) sessions.push_back({row[0], row[1], row[2], row[3]});
  return sessions;
}

}  // namespace pghaul::platform

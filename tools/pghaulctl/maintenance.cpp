#include "maintenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

#include "cron_jobs.h"
#include "login_roles.h"

namespace pghaul::platform {
namespace {

using std::chrono::steady_clock;

/// The comment of a fenced role: one of these, then the comment that it had.
constexpr std::string_view kHadLogin = "pghaulctl maintenance: had login; ";
constexpr std::string_view kHadNone = "pghaulctl maintenance: had no login; ";
constexpr std::chrono::milliseconds kBetweenStates{200};
constexpr std::chrono::milliseconds kBetweenLooks{20};

struct Role {
  std::string name;
  bool login = false;
  std::string comment;

  [[nodiscard]] bool fenced() const {
    return comment.starts_with(kHadLogin) || comment.starts_with(kHadNone);
  }
};

/// Reads roles, and the login roles through which they are worked with.
Result<std::vector<Role>> read_roles(Server& server, const std::vector<std::string>& names) {
  const auto rows = server.query(
      fmt::format("SELECT rolname, rolcanlogin, coalesce(pg_catalog.shobj_description(oid, 'pg_authid'), '') "
                  "FROM pg_catalog.pg_roles WHERE oid IN ({}) ORDER BY 1",
                  oids_with_logins(server, names)));
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<Role> roles;
  for (const auto& row : *rows) roles.push_back({row[0], row[1] == "t", row[2]});
  return roles;
}

std::string comment_on(const Server& server, const Role& role, const std::string& comment) {
  return fmt::format("COMMENT ON ROLE {} IS {};\n", server.identifier(role.name),
                     comment.empty() ? "NULL" : server.literal(comment));
}

std::string fence_of(const Server& server, const Role& role) {
  return fmt::format("ALTER ROLE {} NOLOGIN;\n", server.identifier(role.name)) +
         comment_on(server, role, std::string(role.login ? kHadLogin : kHadNone) + role.comment);
}

std::string return_of(const Server& server, const Role& role) {
  const bool login = role.comment.starts_with(kHadLogin);
  return fmt::format("ALTER ROLE {} {};\n", server.identifier(role.name), login ? "LOGIN" : "NOLOGIN") +
         comment_on(server, role, role.comment.substr(login ? kHadLogin.size() : kHadNone.size()));
}

/// Sessions of the writers; also one that began before the fence and has not shown its role yet.
std::string sessions_of(const Server& server, const App& app) {
  return fmt::format(
      "FROM pg_catalog.pg_stat_activity WHERE datname = {} AND usesysid IN ({}) AND pid <> "
      "pg_catalog.pg_backend_pid()",
      server.literal(app.database), oids_with_logins(server, app.writers));
}

Result<std::string> list(Server& server, const std::string& sql) {
  const auto rows = server.query(sql);
  if (!rows) return tl::make_unexpected(rows.error());
  std::string names;
  for (const auto& row : *rows) names += (names.empty() ? "" : ", ") + row[0];
  return names;
}

/// Terminates sessions until there are none.
Outcome end_sessions(Server& server, const App& app, steady_clock::time_point deadline) {
  for (;;) {
    const auto left =
        server.query("SELECT pg_catalog.pg_terminate_backend(pid), pid::text " + sessions_of(server, app));
    if (!left) return tl::make_unexpected(left.error());
    if (left->empty()) return {};
    if (steady_clock::now() > deadline) {
      return failed(PGHAUL_EXIT_DIFFERENT,
                    fmt::format("{} sessions of the writers of {} did not end", left->size(), app.name),
                    fmt::format("look at process {} of the server", left->front()[1]));
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

/// Gives the snapshot of the whole server: it changes with each transaction that writes.
Result<std::string> write_state(Server& server) {
  return list(server, "SELECT pg_catalog.txid_current_snapshot()::text");
}

/// Names the sessions of a database, or of all, that have written in a transaction which is open.
Result<std::string> who_writes(Server& server, const std::string& database = {}) {
  const std::string only = database.empty() ? "" : " AND a.datname = " + server.literal(database);
  return list(server, R"(
SELECT DISTINCT pg_catalog.format('%s in database %s (process %s)', a.usename, a.datname, a.pid)
FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
  AND a.pid <> pg_catalog.pg_backend_pid())" +
                          only);
}

Outcome refuse_missing_roles(Server& server, const App& app) {
  if (app.writers.empty()) {
    return refused(fmt::format("no role of {} is known to write", app.name),
                   "list the roles that it logs in as under 'writers' in its file");
  }
  const auto roles = read_roles(server, app.writers);
  if (!roles) return tl::make_unexpected(roles.error());
  for (const std::string& name : app.writers) {
    if (std::ranges::find(*roles, name, &Role::name) == roles->end())
      return refused(fmt::format("there is no role {}, a writer of {}", name, app.name));
  }
  return {};
}

/// Refuses when the query names something.
Outcome refuse_any(Server& server, const std::string& sql, const std::string& what, const std::string& hint) {
  const auto found = list(server, sql);
  if (!found) return tl::make_unexpected(found.error());
  if (found->empty()) return {};
  return refused(fmt::format("{}: {}", what, *found), hint);
}

}  // namespace

Result<bool> is_fenced(Server& server, const std::vector<std::string>& writers) {
  const auto roles = read_roles(server, writers);
  if (!roles) return tl::make_unexpected(roles.error());
  return std::ranges::any_of(*roles, &Role::fenced);
}

Result<bool> are_all_fenced(Server& server, const std::vector<std::string>& writers) {
  const auto roles = read_roles(server, writers);
  if (!roles) return tl::make_unexpected(roles.error());
  const auto exists = [&](const std::string& name) {
    return std::ranges::find(*roles, name, &Role::name) != roles->end();
  };
  return std::ranges::all_of(writers, exists) && std::ranges::all_of(*roles, &Role::fenced);
}

Result<Remarks> check_fence(Member& live, const App& app) {
  Server& server = *live.server;
  const std::string database = server.literal(app.database);
  Outcome checked = refuse_missing_roles(server, app);
  if (checked) {
    checked = refuse_any(
        server, "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = " + database + " ORDER BY 1",
        "prepared transactions may still be committed", "COMMIT PREPARED or ROLLBACK PREPARED each first");
  }
  if (checked) {
    checked = refuse_any(
        server,
        "SELECT s.subname FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = "
        "s.subdbid WHERE s.subenabled AND d.datname = " +
            database + " ORDER BY 1",
        "subscriptions write into " + app.database, "ALTER SUBSCRIPTION … DISABLE each first");
  }
  if (!checked) return tl::make_unexpected(checked.error());
  Remarks remarks;
  const auto members = list(
      server, fmt::format("SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE r.rolcanlogin AND NOT "
                          "r.rolsuper AND r.oid NOT IN ({1}) "
                          "AND EXISTS (SELECT FROM pg_catalog.pg_roles AS w WHERE w.rolname IN ({0}) AND "
                          "pg_catalog.pg_has_role(r.oid, w.oid, 'MEMBER')) ORDER BY 1",
                          server.literals(app.writers), oids_with_logins(server, app.writers)));
  if (!members) return tl::make_unexpected(members.error());
  if (!members->empty()) remarks.push_back("may become a writer, and can still log in: " + *members);
  const auto jobs = list_cron_jobs(live, app);
  if (!jobs)
    remarks.push_back("whether pg_cron has jobs can't be asked: " + jobs.error().message);
  else if (!jobs->empty())
    remarks.push_back("pg_cron goes on with its jobs: " + *jobs);
  return remarks;
}

Outcome raise_fence(Server& server, const App& app) {
  const auto roles = read_roles(server, app.writers);
  if (!roles) return tl::make_unexpected(roles.error());
  std::string fence;
  for (const Role& role : *roles) {
    if (!role.fenced()) fence += fence_of(server, role);
  }
  return server.run(fence);
}

/// Ends sessions in each round: one that had been let in just before the fence shows its role only later.
/// Other databases of the server and autovacuum write now and then, so equal states are waited for.
Outcome prove_fence(Server& server, const App& app, std::chrono::milliseconds within) {
  const auto deadline = steady_clock::now() + within;
  for (;;) {
    if (auto ended = end_sessions(server, app, deadline); !ended) return ended;
    const auto before = write_state(server);
    if (!before) return tl::make_unexpected(before.error());
    std::this_thread::sleep_for(kBetweenStates);
    const auto sessions = list(server, "SELECT usename " + sessions_of(server, app));
    if (!sessions) return tl::make_unexpected(sessions.error());
    const auto open = who_writes(server, app.database);
    if (!open) return tl::make_unexpected(open.error());
    const auto after = write_state(server);
    if (!after) return tl::make_unexpected(after.error());
    if (sessions->empty() && open->empty() && *before == *after) return {};
    if (steady_clock::now() > deadline) {
      const auto writers = who_writes(server);
      const std::string named = writers && !writers->empty() ? ": " + *writers : "";
      return failed(PGHAUL_EXIT_DIFFERENT,
                    fmt::format("somebody still writes to the server of {}{}", app.database, named),
                    "end what writes, and try again");
    }
  }
}

Outcome lift_fence(Server& server, const App& app) {
  const auto roles = read_roles(server, app.writers);
  if (!roles) return tl::make_unexpected(roles.error());
  std::string lift;
  for (const Role& role : *roles) {
    if (role.fenced()) lift += return_of(server, role);
  }
  return server.run(lift);
}

}  // namespace pghaul::platform

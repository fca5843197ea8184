#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "credentials.h"
#include "output.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

/// The command, once it is known what it concerns.
struct Task {
  Fleet& fleet;
  Member& live;
  bool as_json = false;
  std::vector<Rotation> rotations;
  nlohmann::json report = nlohmann::json::array();  // one entry for each writer
};

/// Returns the writer that is asked for, or those that names log in as. Where there are none, all of them.
Result<std::vector<std::string>> writers_of(Fleet& fleet, const std::string& wanted) {
  const std::vector<std::string>& all = fleet.app().writers;
  if (!wanted.empty()) {
    if (std::ranges::find(all, wanted) != all.end()) return std::vector{wanted};
    return refused(fmt::format("{} has no writer {}", fleet.app().name, wanted),
                   fmt::format("its writers are {}", fmt::join(all, ", ")));
  }
  if (all.empty())
    return refused(fmt::format("no role of {} is known to write", fleet.app().name),
                   "list the roles that it logs in as under 'writers' in its file");
  std::vector<std::string> named;
  for (const std::string& writer : all) {
    const auto names = names_of_writer(fleet, writer);
    if (!names) return tl::make_unexpected(names.error());
    if (!names->empty()) named.push_back(writer);
  }
  return named.empty() ? all : named;
}

/// Keeps two of these commands from working at the same time; the end of the connection ends that.
Outcome lock(Member& live) {
  const auto rows = live.server->query(
      "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('pghaulctl credentials'))");
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->front()[0] == "t") return {};
  return refused(fmt::format("another pghaulctl works on the credentials of {}", live.name),
                 "wait until it ends");
}

/// Lists what the next login is written into.
std::vector<Pointer*> written_to(const Rotation& rotation) {
  std::vector<Pointer*> all = rotation.lists;
  all.insert(all.end(), rotation.names.begin(), rotation.names.end());
  return all;
}

nlohmann::json describe(const Rotation& rotation) {
  nlohmann::json names = nlohmann::json::array();
  for (const Pointer* name : written_to(rotation)) names.push_back(shown_label(*name));
  return {{"writer", rotation.logins.writer},
          {"login", rotation.next.user},
          {"former", rotation.current},
          {"names", names}};
}

nlohmann::json describe(const LoginSession& session) {
  return {{"process", std::stoi(session.process)},
          {"database", session.database},
          {"application", session.application},
          {"client", session.client}};
}

Outcome print_json(const Task& task) {
  const nlohmann::json all{
      {"app", task.fleet.app().name}, {"database", task.live.name}, {"writers", task.report}};
  say(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return {};
}

Outcome show_plan(Task& task) {
  for (const Rotation& rotation : task.rotations) {
    task.report.push_back(describe(rotation));
    if (task.as_json) continue;
    say(fmt::format("{} would log in as {} instead of {}\n", rotation.logins.writer, rotation.next.user,
                    rotation.current));
    for (const Pointer* name : written_to(rotation)) say(fmt::format("  {}\n", shown_label(*name)));
    if (rotation.names.empty()) say("  no name holds its password: the new one would be printed\n");
  }
  return task.as_json ? print_json(task) : Outcome();
}

std::string session_text(const LoginSession& session) {
  return fmt::format("{}{} (process {})", session.application.empty() ? "a client" : session.application,
                     session.client.empty() ? "" : " from " + session.client, session.process);
}

/// Says what came of a rotation, and who works with an earlier login still.
Outcome say_result(Task& task, const Rotation& rotation) {
  const auto valid = earlier_logins(rotation, rotation.next.user);
  nlohmann::json entry = describe(rotation);
  std::string text = fmt::format("{} logs in as {}; valid until --end-old: {}\n", rotation.logins.writer,
                                 rotation.next.user, fmt::join(valid, ", "));
  entry["valid"] = valid;
  if (rotation.names.empty()) {
    entry["password"] = rotation.next.password;
    text += fmt::format("no name holds its password: {}\n", rotation.next.password);
  }
  entry["sessions"] = nlohmann::json::array();
  for (const std::string& role : valid) {
    const auto sessions = sessions_of_login(*task.live.server, role);
    if (!sessions) return tl::make_unexpected(sessions.error());
    for (const LoginSession& one : *sessions) {
      entry["sessions"].push_back(describe(one));
      entry["sessions"].back()["login"] = role;
      text += fmt::format("still works as {}: {}\n", role, session_text(one));
    }
  }
  task.report.push_back(std::move(entry));
  if (!task.as_json) say(text);
  return {};
}

Outcome rotate_all(Task& task) {
  if (!task.as_json) say(fmt::format("Rotating credentials of {}... ", task.fleet.app().name));
  Outcome done;
  for (Rotation& rotation : task.rotations) {
    if (done) done = rotate(task.live, rotation);
  }
  if (!task.as_json) say(done ? "done\n" : "failed\n");
  if (!done) return done;
  for (const Rotation& rotation : task.rotations) {
    if (auto said = say_result(task, rotation); !said) return said;
  }
  return task.as_json ? print_json(task) : Outcome();
}

/// Refuses to end a login that is needed: a rotation is under way, or another database is worked with by it.
Outcome check_end(Task& task, const Rotation& rotation) {
  const App& app = task.fleet.app();
  if (rotation.logins.introduced)
    return refused(fmt::format("a rotation of {} was interrupted", rotation.logins.writer),
                   fmt::format("pghaulctl credentials rotate {}", app.name));
  for (const std::string& role : earlier_logins(rotation, rotation.current)) {
    const auto sessions = sessions_of_login(*task.live.server, role);
    if (!sessions) return tl::make_unexpected(sessions.error());
    for (const LoginSession& one : *sessions) {
      if (one.database != app.database)
        return refused(
            fmt::format("{} works with database {}, too: {}", role, one.database, session_text(one)),
            fmt::format("give {} another login there first", one.database));
    }
  }
  return {};
}

/// Takes them off the lists first: a run that was interrupted finds by the roles what is left to do.
Outcome end_logins(Task& task, const Rotation& rotation) {
  nlohmann::json ended = nlohmann::json::array();
  const auto earlier = earlier_logins(rotation, rotation.current);
  for (Pointer* list : rotation.lists) {
    if (auto dismissed = list->dismiss(earlier); !dismissed) return dismissed;
  }
  for (const std::string& role : earlier) {
    const auto sessions = sessions_of_login(*task.live.server, role);
    if (!sessions) return tl::make_unexpected(sessions.error());
    if (!task.as_json) say(fmt::format("Ending {}... ", role));
    const Outcome done = end_login(*task.live.server, role);
    if (!task.as_json) say(done ? "done\n" : "failed\n");
    if (!done) return done;
    ended.push_back({{"login", role}, {"sessions", nlohmann::json::array()}});
    for (const LoginSession& one : *sessions) {
      ended.back()["sessions"].push_back(describe(one));
      if (!task.as_json) say(fmt::format("was ended: {}\n", session_text(one)));
    }
  }
  if (ended.empty() && !task.as_json) say(fmt::format("{} has no earlier login\n", rotation.logins.writer));
  task.report.push_back({{"writer", rotation.logins.writer}, {"login", rotation.current}, {"ended", ended}});
  return {};
}

Outcome end_all(Task& task) {
  for (const Rotation& rotation : task.rotations) {
    if (auto may = check_end(task, rotation); !may) return may;
  }
  for (const Rotation& rotation : task.rotations) {
    if (auto ended = end_logins(task, rotation); !ended) return ended;
  }
  return task.as_json ? print_json(task) : Outcome();
}

/// Plans all before the first is begun.
Outcome plan_all(Task& task, const std::string& writer) {
  const auto writers = writers_of(task.fleet, writer);
  if (!writers) return tl::make_unexpected(writers.error());
  for (const std::string& one : *writers) {
    auto rotation = plan_rotation(task.fleet, task.live, one);
    if (!rotation) return tl::make_unexpected(rotation.error());
    task.rotations.push_back(std::move(*rotation));
  }
  return {};
}

}  // namespace

Outcome credentials(const Request& request) {
  if (request.has("--plan") && request.has("--end-old"))
    return failed(PGHAUL_EXIT_USAGE, "--plan and --end-old exclude each other",
                  "see 'pghaulctl credentials --help'");
  auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  const auto live = fleet->live();
  if (!live) return tl::make_unexpected(live.error());
  if (!(*live)->server) return failed(PGHAUL_EXIT_UNREACHABLE, (*live)->reason);
  Task task{.fleet = *fleet, .live = **live, .as_json = request.has("--json")};
  if (auto locked = lock(task.live); !locked) return locked;
  if (auto planned = plan_all(task, request.value("WRITER")); !planned) return planned;
  if (request.has("--plan")) return show_plan(task);
  return request.has("--end-old") ? end_all(task) : rotate_all(task);
}

}  // namespace pghaul::platform

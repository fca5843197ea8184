#include "crew/lock_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "postgres/quote.h"
#include "postgres/shown_name.h"

namespace pghaul::crew {
namespace {

constexpr std::chrono::milliseconds kLongestPause{2'000};
constexpr std::chrono::seconds kLongestAnswer{5};

/// Lists a row for each session of the run and each that it waits for, or with the names of the standbys.
/// Other sessions' activity is shown to some roles only; the holder of a prepared transaction is no session.
constexpr const char* kWaits = R"(
  SELECT w.pid, b.pid, b.usename, b.application_name, b.datname, b.state,
         (SELECT n.nspname FROM pg_catalog.pg_locks AS l
            JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
           WHERE l.pid = w.pid AND NOT l.granted LIMIT 1),
         (SELECT c.relname FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
           WHERE l.pid = w.pid AND NOT l.granted LIMIT 1),
         EXISTS (SELECT FROM ours WHERE ours.pid = ANY (pg_catalog.pg_blocking_pids(b.pid))),
         NULL
    FROM ours AS w
    CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS blocking(pid)
    LEFT JOIN pg_catalog.pg_stat_activity AS b ON b.pid = blocking.pid
   WHERE w.wait_event_type = 'Lock' AND NOT EXISTS (SELECT FROM ours WHERE ours.pid = blocking.pid)
   UNION ALL
  SELECT pid, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false,
         pg_catalog.current_setting('synchronous_standby_names')
    FROM ours WHERE wait_event = 'SyncRep'
   ORDER BY 1, 2)";

/// Column of kWaits that tells: the other one is in the queue before us, because it waits for a lock that
/// another session of the run has. On the source, where the run only reads, there is no other reason.
constexpr int kWaitsForUs = 8;
/// Column of kWaits that isn't NULL where a commit waits for a standby.
constexpr int kStandbys = 9;

std::string ours_sql(const LockWatch::Sessions& sessions) {
  std::string one_of_them = "pg_catalog.right(application_name, pg_catalog.length(m)) = m";
  if (!sessions.one_more.empty()) one_of_them += " OR pid = " + sessions.one_more;
  return fmt::format(
      "WITH ours AS (SELECT pid, wait_event_type, wait_event FROM pg_catalog.pg_stat_activity, (SELECT "
      "{}::text) AS "
      "mark(m)"
      " WHERE datname = pg_catalog.current_database() AND ({}))",
      postgres::quote_literal(sessions.mark), one_of_them);
}

std::string holder_of(const postgres::Rows& waits, int row) {
  if (waits.text(row, 1).empty()) return "a prepared transaction (pg_prepared_xacts)";
  std::string reported = fmt::format("session {}", waits.text(row, 1));
  std::string what;
  const auto add = [&](int column, const char* label) {
    if (waits.text(row, column).empty()) return;
    what += fmt::format("{}{}{}", what.empty() ? "" : ", ", label, waits.text(row, column));
  };
  add(3, "");
  add(2, "role ");
  add(4, "database ");
  add(5, "");
  return what.empty() ? reported : reported + " (" + what + ")";
}

std::string object_of(const postgres::Rows& waits, int row) {
  if (waits.text(row, 7).empty()) return "a lock";
  return "a lock on " + postgres::shown_name(waits.text(row, 6), waits.text(row, 7));
}

}  // namespace

LockWatch::LockWatch(Sessions sessions, std::chrono::milliseconds limit, measure::Events& events,
                     measure::Progress& progress, GiveUp give_up)
    : sessions_(std::move(sessions)),
      limit_(limit),
      events_(&events),
      progress_(&progress),
      give_up_(std::move(give_up)),
      thread_(guarded_thread(
          "watching locks", [this](const std::stop_token& stop) { return work(stop); },
          [this](Error failure) { give_up_(std::move(failure)); })) {}

Status LockWatch::work(const std::stop_token& stop) {
  const std::chrono::milliseconds pause = std::min(kLongestPause, limit_ / 4);
  bool reported = false;
  while (wait_for(pause, stop)) {
    const Result<postgres::Rows> waits = ask(stop);
    if (!waits) continue;  // a server that does not answer is handled elsewhere
    if (!look(*waits)) return {};
    if (reported && waits_.empty()) progress_->set_lock({});
    reported = !waits_.empty();
  }
  return {};
}

/// Opens a connection of its own each time: where they are few, it should not keep one for long.
Result<postgres::Rows> LockWatch::ask(const std::stop_token& stop) const {
  Result<postgres::Connection> server =
      postgres::Connection::open(sessions_.server, sessions_.side, {}, stop);
  if (!server) return fail(server.error());
  const std::stop_callback cancel_on_stop(stop, [line = server->lifeline()] { line->sever(); });
  return server->query_within(ours_sql(sessions_) + kWaits, kLongestAnswer);
}

bool LockWatch::look(const postgres::Rows& waits) {
  std::map<std::string, Wait> now;
  for (int row = 0; row < waits.size(); ++row) {
    const std::string session = waits.string(row, 0);
    const auto before = waits_.find(session);
    const bool passing = before == waits_.end();  // seen only once: a wait of a moment is usual
    Wait& wait = now.try_emplace(session, passing ? Wait{Clock::now(), {}} : before->second).first->second;
    if (passing) continue;
    const Obstacle now_in_the_way = obstacle(waits, row);
    const std::string number = " " + now_in_the_way.number + " ";
    if (wait.holders.find(number) == std::string::npos) {
      wait.holders += number;
      report(now_in_the_way);
    }
    if (Clock::now() - wait.since < limit_) continue;
    give_up_({.code = ErrorCode::server_error,
              .message = fmt::format("a session of this {} {}; given up after {} s", sessions_.run,
                                     now_in_the_way.wait,
                                     std::chrono::duration_cast<std::chrono::seconds>(limit_).count()),
              .hint = now_in_the_way.advice + (sessions_.resumes
                                                   ? ", then continue with --resume; --retry-for SECONDS "
                                                     "waits longer, if it is more than --stall-after"
                                                   : ", then run it again")});
    return false;
  }
  waits_ = std::move(now);
  return true;
}

LockWatch::Obstacle LockWatch::obstacle(const postgres::Rows& waits, int row) const {
  const char* const side = postgres::side_name(sessions_.side);
  if (!waits.is_null(row, kStandbys)) {
    return {.number = "standby",
            .wait = fmt::format("waits on the {} for a synchronous standby to confirm a commit "
                                "(synchronous_standby_names = '{}')",
                                side, waits.text(row, kStandbys)),
            .subject = fmt::format("a synchronous standby of the {}", side),
            .remedy = "it continues when one confirms, or is no longer required",
            .advice = "start the standby, or take it out of synchronous_standby_names and reload"};
  }
  const std::string holder = holder_of(waits, row);
  const bool behind = waits.boolean(row, kWaitsForUs);
  return {.number = waits.string(row, 1),
          .wait = fmt::format("waits on the {} for {} that {} {}", side, object_of(waits, row), holder,
                              behind ? "requested, itself waiting for this " + sessions_.run : "has"),
          .subject = fmt::format("a lock on the {} of {}", side, holder),
          .remedy = "it continues when that lock is released",
          .advice = "have that lock released"};
}

void LockWatch::report(const Obstacle& obstacle) const {
  progress_->set_lock(obstacle.subject);
  events_->warning(fmt::format("a session of this {} {}", sessions_.run, obstacle.wait),
                   fmt::format("{}; it gives up after {} s{}", obstacle.remedy,
                               std::chrono::duration_cast<std::chrono::seconds>(limit_).count(),
                               sessions_.resumes ? " (the longer of --retry-for and --stall-after)" : ""),
                   {});
}

}  // namespace pghaul::crew

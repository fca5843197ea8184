#include "job/finish.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "discovery/target_hold.h"
#include "fencing/client_sessions.h"
#include "fencing/remove_all.h"
#include "fencing/sequences.h"
#include "follow/registration.h"
#include "follow/set_aside.h"
#include "job/fill_report.h"
#include "journal/journal.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "live/way_back.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"

namespace pghaul::job {
namespace {

using postgres::Side;

/// One of the two servers.
struct End {
  const discovery::Endpoint& endpoint;
  postgres::Connection& session;
  std::string registration;  // on this server, by which the other one follows it
};

/// Lists the clients' sessions of the server that are not pghaul's `own`.
Result<std::vector<fencing::ClientSession>> sessions_of(postgres::Connection& closed,
                                                        const std::string& own) {
  Result<std::vector<fencing::ClientSession>> all = fencing::list_client_sessions(closed, {});
  if (all) {
    std::erase_if(*all,
                  [&](const fencing::ClientSession& one) { return std::to_string(one.session) == own; });
  }
  return all;
}

/// Ends the sessions that began before the database was set to read only. `own`: one of pghaul's.
Status end_sessions(postgres::Connection& closed, const std::string& own, measure::Report::Finish& report,
                    const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kPause{50};
  constexpr int kAttempts = 600;
  const Result<std::vector<fencing::ClientSession>> sessions = sessions_of(closed, own);
  if (!sessions) return fail(sessions.error());
  if (Status ended = fencing::end_client_sessions(closed, *sessions, report.ended_sessions); !ended) {
    ended.error().hint = "end them yourself, or use a role that may; --open-old lets them go on";
    return ended;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Result<std::vector<fencing::ClientSession>> left = sessions_of(closed, own);
    if (!left) return fail(left.error());
    if (left->empty()) return {};
    if (!wait_for(kPause, stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
  return fail(ErrorCode::refused, "sessions of " + closed.describe() + " do not end",
              "see pg_stat_activity there, and try again");
}

/// Keeps the server closed without anything of pghaul's.
Status set_read_only(postgres::Connection& closed, const std::string& own, measure::Report::Finish& report,
                     const std::stop_token& stop) {
  const Status set = closed.execute("ALTER DATABASE " + postgres::quote(closed.database()) +
                                    " SET default_transaction_read_only = on");
  if (!set) {
    Error error = set.error().during("setting " + closed.describe() + " to read only").value();
    error.hint = "as the database's owner, or with --open-old: then the old server takes writes again";
    return fail(std::move(error));
  }
  report.read_only = true;
  return end_sessions(closed, own, report, stop);
}

/// Removes what is pghaul's there, but for the journal.
Status clear(End& end, const std::stop_token& stop) {
  postgres::Connection& session = end.session;
  if (Status removed = fencing::remove_all(session, end.registration); !removed) return removed;
  const Result<std::string> schema = live::follower_schema(session);
  if (!schema) return fail(schema.error());
  if (Status restored = follow::SetAside(*schema).restore(session); !restored) return restored;
  if (Status removed = live::unregister_live_copy(end.endpoint, end.registration, stop); !removed)
    return removed;
  std::string
      tables;  // of the way back; the schema stays where the server is the source of other live copies
  for (const char* table :
       {"follow_progress", "follow_status", "follow_barriers", "follow_unproved", "follow_set_aside"}) {
    tables += (tables.empty() ? "" : ", ") + postgres::quote(kLiveSchema, table);
  }
  const Status dropped = session.execute("DROP TABLE IF EXISTS " + tables);
  if (!dropped) return dropped.error().during("cannot remove how far the way back has come");
  return {};
}

/// Gives the closed server's sequences their own definitions again.
Status restore_sequences(postgres::Connection& closed, postgres::Connection& opened) {
  const Result<std::vector<fencing::Sequence>> sequences = fencing::read_sequences(opened, closed);
  if (!sequences) return fail(sequences.error());
  return fencing::set_sequences(closed, *sequences);
}

Status remove_journal(postgres::Connection& target) {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(target);
  if (!journal) return fail(journal.error());
  return *journal && (*journal)->header().is_live() ? (*journal)->remove(target) : Status();
}

/// Ends it where the old server is gone for good: nothing can be removed there any more.
Status finish_without_source(postgres::Connection& target, discovery::VerbContext& context, bool& touched,
                             const Error& lost) {
  const Result<std::vector<follow::Registration>> all = follow::find_registrations(target);
  if (!all) return fail(all.error());
  if (all->size() != 1) return fail(lost);
  touched = true;
  End end{.endpoint = *context.ends.target, .session = target, .registration = all->front().name};
  if (Status cleared = clear(end, context.stop); !cleared) return cleared;
  const std::string message =
      "the source can't be reached, and keeps what is pghaul's there: " + lost.message;
  const char* const hint =
      "if it comes back, it still refuses writes; docs/switchover.md says what to remove by hand";
  context.events.warning(message, hint, {});
  context.report.findings.push_back({"warning", "live_source_lost", "", message, hint});
  context.report.finish = measure::Report::Finish{
      .opened = target.describe(), .closed = all->front().target, .read_only = false, .ended_sessions = 0};
  return remove_journal(target);
}

Status finish_in(discovery::TargetHold& hold, discovery::VerbContext& context, bool& touched) {
  Result<postgres::Connection> target = live::open_session(*context.ends.target, Side::target, context.stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_target(context.stop, *target);
  const Result<catalog::Server> at_target = catalog::read_server(*target);
  if (!at_target) return at_target.error().during("looking at the target");
  context.report.target = described(*at_target, *target);
  Result<postgres::Connection> source = live::open_session(*context.ends.source, Side::source, context.stop);
  if (!source && source.error().code == ErrorCode::connection_failed)
    return finish_without_source(*target, context, touched, source.error());
  if (!source) return fail(source.error());
  const postgres::CancelOnStop cancel_source(context.stop, *source);
  const Result<catalog::Server> at_source = catalog::read_server(*source);
  if (!at_source) return at_source.error().during("looking at the source");
  context.report.source = described(*at_source, *source);

  const Result<live::LiveTurns> turns = live::read_turns(*source, *target);
  if (!turns) return fail(turns.error());
  if (turns->source == 0 && turns->target == 0) {
    return fail(ErrorCode::refused, "no switchover has moved the application to the target",
                "pghaul switchover does; pghaul abandon gives a live copy up");
  }
  touched = true;
  End old_end{.endpoint = *context.ends.source, .session = *source, .registration = turns->forward};
  End new_end{.endpoint = *context.ends.target, .session = *target, .registration = turns->back};
  End& closed = turns->switched() ? old_end : new_end;
  End& opened = turns->switched() ? new_end : old_end;
  measure::Report::Finish report{.opened = opened.session.describe(),
                                 .closed = closed.session.describe(),
                                 .read_only = false,
                                 .ended_sessions = 0};
  Status done;
  if (!context.options.open_old) done = set_read_only(closed.session, hold.session(), report, context.stop);
  if (done) done = clear(opened, context.stop);  // the closed one remembers until the end that it is closed
  if (done) done = restore_sequences(closed.session, opened.session);
  if (done) done = clear(closed, context.stop);
  if (done) done = remove_journal(*target);
  context.report.finish = std::move(report);
  return done;
}

}  // namespace

Status finish_live_copy(discovery::VerbContext context, bool& touched) {
  const Result<postgres::ConnectionString> target = context.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context.stop);
  if (!hold) return fail(hold.error());
  return finish_in(*hold, context, touched);
}

}  // namespace pghaul::job

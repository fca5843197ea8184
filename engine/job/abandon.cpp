#include "job/abandon.h"

#include <map>

#include "catalog/read_catalog.h"
#include "discovery/endpoints.h"
#include "discovery/target_hold.h"
#include "fencing/fence.h"
#include "fencing/remove_all.h"
#include "follow/registration.h"
#include "follow/set_aside.h"
#include "job/lock_timeout.h"
#include "journal/journal.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "live/way_back.h"
#include "measure/progress.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {
namespace {

/// Reports which database is the target. Returns what the registration of a live copy into it is called.
Result<std::string> describe_target(postgres::Connection& target, measure::Report& report) {
  const Result<catalog::Server> server = catalog::read_server(target);
  if (!server) return server.error().during("looking at the target");
  report.target = measure::Report::Database{server->version_text, server->database, target.describe(),
                                            server->database_bytes};
  return live::live_name(target, *server);
}

/// Counts what the target holds once the journal is gone.
Status count_contents(postgres::Connection& target, measure::Report::Abandoned& abandoned) {
  const Result<catalog::Contents> contents = catalog::read_contents(target);
  if (!contents) return contents.error().during("looking at what the target holds");
  std::map<std::string, std::int64_t> kinds;
  for (const catalog::Contents::Object& object : contents->objects) ++kinds[object.kind];
  if (contents->large_objects > 0) kinds["large object"] = contents->large_objects;
  abandoned.left.assign(kinds.begin(), kinds.end());
  return {};
}

/// Watches locks: another session may be reading the journal's tables, and so keep them.
void watch_locks(const postgres::ConnectionString& server, const discovery::TargetHold& hold,
                 LockTimeout& locks, measure::Progress& progress) {
  locks.watch({.server = server,
               .side = postgres::Side::target,
               .mark = " " + hold.session(),
               .one_more = hold.session(),
               .run = "abandonment",
               .resumes = false},
              progress);
}

/// Finds the registration that was made for a standby, if the target is or was that one and is not followed
/// into yet. Nothing: there is none.
Result<std::optional<std::string>> find_prepared(postgres::Connection& source, postgres::Connection& target) {
  const Result<catalog::Server> server = catalog::read_server(source);
  if (!server) return server.error().during("looking at the source");
  const Result<catalog::Server> at_target = catalog::read_server(target);
  if (!at_target) return at_target.error().during("looking at the target");
  const std::string name = follow::standby_registration_name(server->system_identifier, server->database_oid);
  const auto prepared = follow::find_standby_registration(source, name);
  if (!prepared) return fail(prepared.error());
  if (!*prepared || (*prepared)->adopted) return std::nullopt;
  const auto replayed = follow::find_standby_registration(target, name);
  if (!replayed) return fail(replayed.error());
  const bool same = live::live_name(*server) == live::live_name(*at_target);
  return *replayed || same ? std::optional(name) : std::nullopt;
}

/// Removes what a live copy keeps on the source, where its target is lost (`name` is empty: then it has to be
/// the only one) or knows nothing of it any more.
Status abandon_without_journal(std::string name, postgres::Connection* target,
                               const discovery::VerbContext& context) {
  Result<postgres::Connection> source =
      live::open_session(*context.ends.source, postgres::Side::source, context.stop);
  if (!source) return fail(source.error());
  if (target != nullptr) {
    const Result<std::optional<std::string>> prepared = find_prepared(*source, *target);
    if (!prepared) return fail(prepared.error());
    if (*prepared) name = **prepared;
  }
  Result<std::vector<follow::Registration>> all = follow::find_registrations(*source);
  if (!all) return fail(all.error());
  const Result<std::vector<std::string>> remains = follow::find_remains(*source);
  if (!remains) return fail(remains.error());
  for (const std::string& one : *remains) all->push_back({.name = one, .target = one, .started = {}});
  if (!name.empty()) std::erase_if(*all, [&](const follow::Registration& one) { return one.name != name; });
  if (all->empty()) {
    return fail(ErrorCode::refused,
                "the source holds nothing of a copy into this target: there is nothing to abandon");
  }
  if (all->size() > 1) {
    std::string targets;
    for (const follow::Registration& one : *all) targets += (targets.empty() ? "" : "; ") + one.target;
    return fail(ErrorCode::refused,
                "the target can't be reached, and the source has several live copies: " + targets,
                "remove the right one by hand, as docs/follow.md says");
  }
  const follow::Registration& only = all->front();
  const Result<bool> closed = fencing::Fence(only.name).is_closed(*source);
  if (!closed) return fail(closed.error());
  if (*closed) {
    return fail(ErrorCode::refused,
                "a switchover has closed the source, which abandoning the live copy would open to writers "
                "again, while its target may be open",
                "bring the target back; if it is lost for good, or holds nothing of the live copy any more, "
                "docs/switchover.md says how to open the source");
  }
  if (Status removed = live::unregister_live_copy(*context.ends.source, only.name, context.stop); !removed) {
    return removed;
  }
  context.report.abandoned = measure::Report::Abandoned{.source = source->describe(),
                                                        .started = only.started,
                                                        .runs = 0,
                                                        .tasks_done = 0,
                                                        .left = {},
                                                        .freed_source = true};
  return {};
}

/// Removes a live copy's part on the source, first: were only the journal gone, nobody would remember it.
Status abandon_on_source(const std::string& name, const journal::Journal::Header& header,
                         postgres::Connection& target, const discovery::VerbContext& context) {
  if (!header.is_live() || context.options.source_lost) return {};
  if (!context.ends.source) {
    return fail(ErrorCode::refused,
                "this copy is live: the source, " + header.source_description +
                    ", keeps its changes in a replication slot, which would fill its disk",
                "give both servers: pghaul abandon SOURCE TARGET");
  }
  Result<postgres::Connection> source =
      live::open_session(*context.ends.source, postgres::Side::source, context.stop);
  if (!source) return fail(source.error());
  const Result<live::LiveTurns> turns = live::read_turns(*source, target);
  if (!turns) return fail(turns.error());
  if (turns->switched()) {
    return fail(
        ErrorCode::refused,
        "a switchover has closed the source, which abandoning the live copy would open to writers again",
        "the application goes on with the target; pghaul finish ends the live copy");
  }
  if (Status removed = fencing::remove_all(*source, name); !removed) return removed;
  if (Status removed = live::WayBack::forget(target, *context.ends.target, turns->back, context.stop);
      !removed)
    return removed;
  return live::unregister_live_copy(*context.ends.source, name, context.stop);
}

Status abandon_in(discovery::TargetHold& hold, const discovery::VerbContext& context) {
  postgres::Connection& target = hold.connection();
  const postgres::CancelOnStop cancel_on_stop(context.stop, target);
  const Result<std::string> name = describe_target(target, context.report);
  if (!name) return fail(name.error());
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(target);
  if (!journal) return fail(journal.error());
  if (!*journal && context.ends.source) return abandon_without_journal(*name, &target, context);
  if (!*journal)
    return fail(ErrorCode::refused, "the target holds no unfinished copy: there is nothing to abandon");
  const Result<journal::Journal::Done> done = (*journal)->read(target);
  if (!done) return fail(done.error());

  const journal::Journal::Header& header = (*journal)->header();
  measure::Report::Abandoned abandoned{.source = header.source_description,
                                       .started = header.started,
                                       .runs = header.run,
                                       .tasks_done = static_cast<std::int64_t>(done->size()),
                                       .left = {},
                                       .freed_source = header.is_live() && !context.options.source_lost,
                                       .was_following = header.stage == journal::Journal::Stage::following};
  if (Status on_source = abandon_on_source(*name, header, target, context); !on_source) return on_source;
  if (Status restored = follow::SetAside((*journal)->schema()).restore(target); !restored) return restored;
  const Status removed = (*journal)->remove(target);
  if (!removed) return removed;
  if (Status counted = count_contents(target, abandoned); !counted) return counted;
  context.report.abandoned = std::move(abandoned);
  return {};
}

}  // namespace

Status abandon_copy(discovery::VerbContext context) {
  const Result<postgres::ConnectionString> target = context.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context.stop);
  const bool lost = !hold && hold.error().code == ErrorCode::connection_failed;
  if (lost && context.ends.source) return abandon_without_journal("", nullptr, context);
  if (!hold) return fail(hold.error());
  measure::Progress progress;
  LockTimeout locks(context);
  watch_locks(*target, *hold, locks, progress);
  return locks.end(abandon_in(*hold, locks.context()));
}

}  // namespace pghaul::job

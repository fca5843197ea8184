#include "job/abandon.h"

#include <map>

#include "catalog/read_catalog.h"
#include "discovery/endpoints.h"
#include "discovery/target_hold.h"
#include "job/lock_timeout.h"
#include "journal/journal.h"
#include "measure/progress.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {
namespace {

Status describe_target(postgres::Connection& target, measure::Report& report) {
  const Result<catalog::Server> server = catalog::read_server(target);
  if (!server) return server.error().during("looking at the target");
  report.target = measure::Report::Database{server->version_text, server->database, target.describe(),
                                            server->database_bytes};
  return {};
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

Status abandon_in(discovery::TargetHold& hold, const VerbContext& context) {
  postgres::Connection& target = hold.connection();
  const postgres::CancelOnStop cancel_on_stop(context.stop, target);
  if (Status described = describe_target(target, context.report); !described) return described;
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(target);
  if (!journal) return fail(journal.error());
  if (!*journal)
    return fail(ErrorCode::refused, "the target holds no unfinished copy: there is nothing to abandon");
  const Result<journal::Journal::Done> done = (*journal)->read(target);
  if (!done) return fail(done.error());

  const journal::Journal::Header& header = (*journal)->header();
  measure::Report::Abandoned abandoned{.source = header.source_description,
                                       .started = header.started,
                                       .runs = header.run,
                                       .tasks_done = static_cast<std::int64_t>(done->size())};
  const Status removed = (*journal)->remove(target);
  if (!removed) return removed;
  if (Status counted = count_contents(target, abandoned); !counted) return counted;
  context.report.abandoned = std::move(abandoned);
  return {};
}

}  // namespace

Status abandon_copy(VerbContext context) {
  const Result<postgres::ConnectionString> target = context.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context.stop);
  if (!hold) return fail(hold.error());
  measure::Progress progress;
  LockTimeout locks(context);
  watch_locks(*target, *hold, locks, progress);
  return locks.end(abandon_in(*hold, locks.context()));
}

}  // namespace pghaul::job

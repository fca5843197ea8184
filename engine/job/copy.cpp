#include "job/copy.h"

#include <future>

#include "base/guard.h"
#include "base/wait_for.h"
#include "crew/retry.h"
#include "discovery/job_identity.h"
#include "estimate/quick_probe.h"
#include "follow/snapshot_start.h"
#include "job/fill_report.h"
#include "job/make_roles.h"
#include "job/mention_journal.h"
#include "job/refusal_of_findings.h"
#include "job/target_schemas.h"
#include "job/watched_discovery.h"
#include "job/writes_since_snapshot.h"
#include "plan/jobs.h"
#include "postgres/history.h"
#include "postgres/quote.h"
#include "tasks/catch_up_first.h"
#include "tasks/copy_executor.h"
#include "tasks/crew_options.h"
#include "tasks/index_row_hint.h"
#include "tasks/make_row_source.h"
#include "tasks/remaining_work.h"
#include "tasks/run_tasks.h"
#include "tasks/target_task_log.h"

namespace pghaul::job {
namespace {

constexpr double kComparing = 0.5;  // measured: times what it takes to look at the servers

std::vector<std::string> schemas_of(const std::vector<schema::Entry>& entries) {
  std::vector<std::string> schemas;
  for (const schema::Entry& entry : entries) {
    if (entry.kind == "SCHEMA") schemas.push_back(name_without_schema(entry));
  }
  return schemas;
}

}  // namespace

Status copy_database(discovery::VerbContext context, bool& touched, const std::optional<Changes>& changes) {
  crew::Backoff backoff(context.options.retry_for);
  bool resume = context.options.resume;
  bool begun = false;
  std::uint64_t furthest = 0;
  for (int attempt = 1;; ++attempt) {
    const double start = context.timeline.now();
    Copy copy(context, resume, changes);
    Status done = guarded("copying", [&] { return copy.run(); });
    touched = touched || copy.touched();
    begun = begun || copy.can_go_on();
    if (done) return done;
    // A server that can't be reached at first is reported at once; one that was reached and is lost may be
    // back.
    if (!begun && done.error().code != ErrorCode::connection_lost) return done;
    if (copy.tasks_done() > furthest) {  // another outage than the last one
      furthest = copy.tasks_done();
      backoff = crew::Backoff(context.options.retry_for);
    }
    const Error& failure = done.error();
    const bool with_another_snapshot = failure.code == ErrorCode::snapshot_lost && copy.can_go_on();
    if (!crew::may_pass(failure) && !with_another_snapshot) return done;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(failure, crew::milliseconds_since(context.timeline, start));
    if (!wait) return done;
    context.events.retry("the copy", failure.message, std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, context.stop)) return done;
    resume = resume || begun;
  }
}

Copy::Copy(discovery::VerbContext context, bool resume, std::optional<Changes> changes)
    : locks_(context), context_(locks_.context()), resume_(resume), changes_(std::move(changes)) {}

Status Copy::run() {
  return locks_.end(run_phases());
}

Status Copy::run_phases() {
  Status done = discovery::time_phase(context_, "discover", [&] { return look(); });
  if (done) done = refuse();
  if (done) announce_copy(found_, context_.report, context_.timeline.now(), context_.events);
  if (done) done = open_journal();
  if (done && changes_) done = begin_changes();
  if (done) begin_reading_source_objects();
  if (done && journal_->header().stage == journal::Journal::Stage::pre_data) {
    done = discovery::time_phase(context_, "pre-data", [&] { return restore_pre_data(); });
  }
  if (done) done = discovery::announce_phase(context_, "copy", [&] { return move(); });
  if (done) report_statistics(*work_, *results_, context_.report);
  if (done) done = discovery::time_phase(context_, "post-data", [&] { return restore_the_end(); });
  if (done) done = close_journal(compare());
  if (done) mention_writes_since_snapshot(found_, context_);
  if (results_) report_run(done.has_value());
  if (done && !opens_early() && !changes_) {
    const bool verified = work_->verify() == verify::Mode::checksums;
    context_.events.opened(verified ? milestone_name(plan::Milestone::verified) : "copied",
                           earlier_seconds_ + context_.timeline.now());
  }
  return done;
}

void Copy::report_run(bool complete) {
  report_work(*work_, *results_, context_.report);
  report_milestones(*results_, context_.report);
  const tasks::Opening& opening = results_->opening;
  if (!opening.seconds && !opening.before_this_run) return;
  report_opening(opening,
                 complete ? std::vector<measure::Report::Missing>{}
                          : tasks::remaining_work(*work_, results_->done, found_.sections.at_the_end),
                 context_.report);
}

Status Copy::look() {
  const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context_.stop);
  if (!hold) return fail(hold.error());
  target_hold_.emplace(std::move(*hold));
  cancel_on_stop_.emplace(context_.stop, target_hold_->connection());
  locks_.watch({.server = *target,
                .side = postgres::Side::target,
                .mark = mark(),
                .one_more = target_hold_->session()},
               progress_);
  if (const Status read = look_at_journal(); !read) return read;

  Result<discovery::Discovery> found =
      discover_watched(context_, mark(), locks_, progress_, resume_ ? &journal_->header() : nullptr);
  if (!found) return fail(found.error());
  found_ = std::move(*found);
  if (context_.options.keep_record && found_.source_hold) {
    Result<RecordDraft> draft = read_draft(found_.source_hold->connection());
    if (!draft) return fail(draft.error());
    draft_ = std::move(*draft);
    Result<postgres::History> before = postgres::read_history(target_hold_->connection());
    if (!before) return fail(before.error());
    target_before_ = std::move(*before);
  }
  if (Status possible = check_toast_compression(); !possible) return possible;
  if (journal_ && !resume_) mention_journal(journal_->header(), changes_.has_value(), found_);
  report_databases(found_, context_.report);
  report_findings(found_, context_.report);
  const bool begins = !resume_ && refusal_of(found_.findings);
  const std::optional<double> slowdown =
      begins ? estimate::probe_slowdown(found_, context_.stop) : std::nullopt;
  report_forecast(found_, context_.options, context_.timeline.now(), slowdown, context_.report);
  if (resume_) context_.report.forecast.reset();  // part of it is done
  for (const plan::Finding& finding : found_.findings) {
    if (finding.severity == plan::Finding::Severity::warning) {
      context_.events.warning(finding.message, finding.hint, finding.object);
    }
  }
  return {};
}

Status Copy::check_toast_compression() {
  const std::string& method = context_.options.toast_compression;
  if (method.empty()) return {};
  const Result<postgres::Rows> known = target_hold_->connection().query(
      "SELECT 1 FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND " +
      postgres::quote_literal(method) + " = ANY (enumvals)");
  if (!known) return known.error().during("looking at the target's settings");
  if (known->size() > 0) return {};
  return fail(ErrorCode::refused, "the target's PostgreSQL does not compress large values with " + method,
              "leave --toast-compression out; lz4 needs PostgreSQL 14 or later, built with it");
}

Status Copy::look_at_journal() {
  Result<std::optional<journal::Journal>> journal = journal::Journal::find(target_hold_->connection());
  if (journal) {
    journal_ = std::move(*journal);
  } else if (resume_) {
    return fail(journal.error());
  }
  if (!resume_ || journal_) return {};
  return fail(ErrorCode::refused, "the target holds no unfinished copy to continue",
              "leave --resume out to start one");
}

Status Copy::refuse() const {
  return refusal_of(found_.findings);
}

Status Copy::open_journal() {
  postgres::Connection& target = target_hold_->connection();
  if (context_.options.roles && found_.source_hold) {
    if (Status made = make_roles(found_, target, context_.report.left_out); !made) return made;
  }
  if (Status left = leave_schemas_of_others(target, found_); !left) return left;
  prepare_run();
  if (!resume_) return restart();
  if (Status same = discovery::same_job(journal_->header(), discovery::header_of(found_, context_.options));
      !same)
    return same;
  // Until its tables stand no row has been copied; a half restored schema is not worth inspecting.
  if (journal_->header().stage == journal::Journal::Stage::pre_data) return restart();
  return resume();
}

/// Notes in the target under which snapshot its rows are copied: what that has seen is not to be applied
/// again.
Status Copy::begin_changes() {
  postgres::Connection& target = target_hold_->connection();
  const follow::ProgressTable table(journal_->schema());
  if (Status created = table.create(target); !created) return created;
  const Result<std::optional<follow::Progress>> earlier = table.find(target, changes_->from.slot);
  if (!earlier) return fail(earlier.error());
  if (*earlier) return {};
  Result<follow::LateTable> start = start_of_run();
  if (!start) return fail(start.error());
  follow::Progress progress = changes_->from;
  progress.snapshot = std::move(start->snapshot);
  progress.snapshot_until = start->snapshot_until;
  return table.insert(target, progress);
}

/// Describes the snapshot of this run, as the start of changes of some table.
Result<follow::LateTable> Copy::start_of_run() {
  const Result<postgres::Rows> now = found_.source_hold->connection().query(
      "SELECT pg_catalog.pg_current_wal_insert_lsn()");  // later than all that the snapshot sees
  if (!now) return now.error().during("asking the source how far its WAL goes");
  follow::LateTable start{.snapshot = found_.source_state.substr(0, found_.source_state.find(' ')),
                          .snapshot_until = parse_lsn(now->text(0, 0)).value_or(Lsn{})};
  if (!follow::SnapshotStart::parse(start.snapshot, start.snapshot_until)) {
    return fail(ErrorCode::server_error, "the source describes its snapshot as " + start.snapshot);
  }
  return start;
}

Status Copy::restart() {
  journal::Journal::Header header = discovery::header_of(found_, context_.options);
  if (resume_) {
    header.started = journal_->header().started;
    header.run = journal_->header().run + 1;
  }
  postgres::Connection& target = target_hold_->connection();
  touched_ = true;
  const std::string journal_before = resume_ ? journal_->schema() : "";  // stays until there is another
  if (Status cleared = make_room(journal_before); !cleared) return cleared;
  Result<journal::Journal> created = journal::Journal::create(
      target, std::move(header), schemas_of(found_.archive->entries()), journal_before);
  if (!created) return fail(created.error());
  journal_ = std::move(*created);
  can_go_on_ = true;
  return {};
}

void Copy::prepare_run() {
  found_.source_string = found_.source_string.marked("pghaul", mark());
  found_.target_string = found_.target_string.marked("pghaul", mark());
  found_.target_effective = found_.target_effective.marked("pg_restore", mark());
  if (!found_.stored) {
    locks_.watch({.server = found_.source_string,
                  .side = postgres::Side::source,
                  .mark = mark(),
                  .one_more = found_.source_hold->session()},
                 progress_);
  }
  work_.emplace(found_.source, found_.plan, context_.options.verify, found_.sections.after_data.size());
  results_.emplace(*work_);
  results_->opening.after = found_.plan_options.open_after;
  rows_ = tasks::make_row_source(found_, *work_, *results_, progress_);
  schema_.emplace(*found_.archive, found_.target_effective, found_.target_link, found_.target->version,
                  context_.stop);
  seconds_after_tasks_ = plan::restore_seconds(found_.surroundings.at_the_end, found_.plan_options.rates) +
                         kComparing * context_.timeline.now();
}

int Copy::workers() const {
  return resume_ && context_.options.jobs > 0 ? context_.options.jobs : found_.plan.jobs;
}

crew::Worker::Endpoints Copy::ends() const {
  return {found_.source_string,
          found_.target_string,
          found_.source.server.encoding,
          context_.stop,
          context_.options.toast_compression,
          found_.silences_triggers};
}

Status Copy::move() {
  if (journal_->header().stage == journal::Journal::Stage::at_the_end) {
    release_source();
    return {};
  }
  const crew::Worker::Endpoints both = ends();
  tasks::TargetTaskLog log(*work_, *results_, progress_, *journal_, target_hold_->still_held_sql());
  tasks::CopyExecutor executor(
      {.work = *work_,
       .source = *rows_,
       .schema = *schema_,
       .after_data = found_.sections.after_data,
       .object_properties = {context_.options.filters.with_owner, context_.options.filters.with_acl,
                             context_.options.filters.with_comments, found_.target->role},
       .locks_together = plan::locks_together(*found_.target, found_.plan.jobs),
       .opener = {.prepare = [this](bool again) { return prepare_opening(again); },
                  .target = found_.target_effective,
                  .hold = opened_state_,
                  .timeline = context_.timeline,
                  .stop = context_.stop},
       .resumed = continues_,
       .log = log,
       .results = *results_,
       .progress = progress_});
  const Result<Lsn> until = find_catch_up();
  if (!until) return fail(until.error());
  tasks::CatchUpFirst after_catch_up(executor,
                                     [&] { return changes_->catch_up(journal_->schema(), *until); });
  tasks::TaskExecutor* chosen = &executor;
  if (*until > Lsn{}) {
    tasks::put_catch_up_first(found_.plan.graph);
    chosen = &after_catch_up;
  }
  std::future<void> releasing;  // while the workers go on
  const Status moved =
      tasks::run_tasks(*work_, *chosen, log, *results_, tasks::crew_options(context_, workers(), both),
                       {.progress = progress_,
                        .timeline = context_.timeline,
                        .events = context_.events,
                        .earlier_seconds = earlier_seconds_,
                        .seconds_after_tasks = seconds_after_tasks_},
                       [&] { releasing = std::async(std::launch::async, [this] { release_source(); }); });
  if (moved) return moved;
  return fail(tasks::with_compression_hint(moved.error(), context_.options.toast_compression,
                                           found_.source.server, *found_.target));
}

}  // namespace pghaul::job

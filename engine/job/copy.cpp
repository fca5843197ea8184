#include "job/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <iterator>

#include "base/guard.h"
#include "base/wait_for.h"
#include "compare/differences.h"
#include "crew/retry.h"
#include "discovery/endpoints.h"
#include "discovery/job_identity.h"
#include "discovery/prepared.h"
#include "follow/snapshot_start.h"
#include "job/fill_report.h"
#include "job/later_writes.h"
#include "job/make_roles.h"
#include "job/mention_journal.h"
#include "job/preflight_refusal.h"
#include "job/settings_at_the_end.h"
#include "job/target_schemas.h"
#include "job/watched_discovery.h"
#include "measure/clock.h"
#include "plan/jobs.h"
#include "postgres/quote.h"
#include "schema/clear_database.h"
#include "tasks/apply_journal.h"
#include "tasks/both_servers.h"
#include "tasks/catch_up_first.h"
#include "tasks/compare_computed.h"
#include "tasks/copy_executor.h"
#include "tasks/crew_options.h"
#include "tasks/index_row_hint.h"
#include "tasks/make_row_source.h"
#include "tasks/pre_data.h"
#include "tasks/prove_unchanged.h"
#include "tasks/remaining_work.h"
#include "tasks/run_tasks.h"
#include "tasks/target_journal.h"
#include "tasks/unfinished_tables.h"
#include "tasks/unlogged.h"

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
  if (done) mention_later_writes(found_, context_);
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
    Result<RecordDraft> draft = begin_record(found_.source_hold->connection(), context_.stop);
    if (!draft) return fail(draft.error());
    draft_ = std::move(*draft);
  }
  if (Status possible = check_toast_compression(); !possible) return possible;
  if (journal_ && !resume_) mention_journal(journal_->header(), changes_.has_value(), found_);
  report_databases(found_, context_.report);
  report_findings(found_, context_.report);
  report_forecast(found_, context_.options, context_.timeline.now(), context_.report);
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

/// Removes what is in the way. Where the target's tables stay, that is the rows of an earlier run.
Status Copy::make_room(const std::string& journal_before) {
  if (context_.options.data_only) {
    return resume_ ? discovery::time_phase(context_, "clear target", [&] { return empty_tables(); })
                   : Status{};
  }
  const bool confirmed = context_.options.confirm == found_.target->database;
  if (found_.contents.empty() && !confirmed) return {};
  return discovery::time_phase(context_, "clear target", [&] { return clear_target(journal_before); });
}

/// Empties the tables that the copy fills. They may refer to each other, so all of them at once.
Status Copy::empty_tables() {
  std::string names;
  for (const plan::TablePlan& table : found_.plan.tables) {
    const catalog::Name& name = found_.source.relations[table.relation].name;
    names += (names.empty() ? "" : ", ") + postgres::quote(name.schema, name.name);
  }
  if (names.empty()) return {};
  Status emptied = target_hold_->connection().execute("TRUNCATE ONLY " + names);
  return emptied ? emptied : emptied.error().during("emptying tables that an earlier run has filled");
}

Status Copy::clear_target(const std::string& kept_schema) {
  const Result<std::vector<schema::LeftSlot>> slots =
      schema::clear_database(target_hold_->connection(), kept_schema, discovery::extensions_to_find(found_));
  if (!slots) return fail(slots.error());
  for (const schema::LeftSlot& left : *slots) {
    const std::string object = "subscription " + shown(catalog::Name{{}, left.subscription});
    const std::string message = fmt::format(
        "{} of the target was dropped; on its publisher the replication slot {} remains, which keeps WAL "
        "from "
        "being removed there",
        object, left.slot);
    const std::string hint = fmt::format("on the publisher: SELECT pg_drop_replication_slot({})",
                                         postgres::quote_literal(left.slot));
    context_.events.warning(message, hint, object);
    context_.report.findings.push_back({"warning", "slot_left", object, message, hint});
  }
  return {};
}

/// Applies the journal, once it is certain that the source still shows what was copied.
Status Copy::resume() {
  postgres::Connection& target = target_hold_->connection();
  touched_ = true;
  if (const Status taken = journal_->claim(target); !taken) return taken;
  can_go_on_ = true;
  context_.report.resumed = measure::Report::Resumed{journal_->header().started, journal_->header().run};
  context_.report.earlier_seconds =
      measure::seconds_between(journal_->header().started, context_.report.started);
  earlier_seconds_ = context_.report.earlier_seconds;
  Result<journal::Journal::Done> done = journal_->read(target);
  if (!done) return fail(done.error());
  if (Status fits = tasks::check_fits(*work_, *done); !fits) return fits;
  continues_ = true;
  const std::vector<catalog::Place> lost = tasks::lost_for_good(*work_, *done, journal_->header().stage);
  if (!lost.empty() && !journal_->header().opened()) return replace_lost_rows(lost);
  if (journal_->header()
          .opened()) {  // what is left needs no rows of the source, and nothing may be started over
    if (Status durable = journal_->make_durable(target, context_.stop); !durable) return durable;
    results_->opening.before_this_run = true;
    tasks::count_as_done(*work_, lost, *done);
    report_emptied(lost);
    tasks::apply_journal(*work_, *done, *results_, progress_);
    return hold_opened_state();
  }
  const Status proved = check_source_state(*done);
  if (!proved) {
    can_go_on_ = proved.error().code != ErrorCode::snapshot_lost;  // another attempt would fail, too
    const bool may_restart = context_.options.new_snapshot || changes_;
    if (can_go_on_ || !may_restart) return proved;
    context_.events.warning(
        proved.error().message,
        changes_ ? "everything is copied anew" : "everything is copied anew, as --new-snapshot asks", {});
    return restart();
  }
  if (Status forgotten = forget_sequences(*done); !forgotten) return forgotten;
  tasks::apply_journal(*work_, *done, *results_, progress_);
  context_.report.resumed = {.started = journal_->header().started,
                             .run = journal_->header().run,
                             .tasks_done = done->size(),
                             .tasks = found_.plan.graph.tasks.size(),
                             .rows_done = progress_.rows.value(),
                             .bytes_done = progress_.bytes.value()};
  return {};
}

/// Sees to it that what is left to do fits what was copied under an earlier snapshot. An archive does not
/// change.
Status Copy::check_source_state(journal::Journal::Done& done) {
  if (!found_.source_hold) return {};
  const bool same_state = journal_->header().source_state == found_.source_state;
  if (changes_) return same_state ? Status{} : start_unfinished_tables(done);
  return discovery::time_phase(context_, "prove unchanged", [&] {
    return tasks::prove_unchanged(*work_, found_.source_hold->snapshot(), done, same_state, ends(),
                                  context_.options.stall_after, progress_);
  });
}

/// Gives the tables that are not copied as a whole this run's snapshot, of which the changes are applied from
/// their own start on. Those that are keep their rows and their start.
Status Copy::start_unfinished_tables(journal::Journal::Done& done) {
  const tasks::UnfinishedTables unfinished = tasks::unfinished_tables(*work_, done);
  if (unfinished.in_tree) {
    return fail(
        ErrorCode::snapshot_lost,
        "the copy was interrupted within a partitioned table whose rows lie in other partitions on the "
        "target");
  }
  tasks::leave_computed_uncompared(*work_, done, *results_);
  if (unfinished.tables.empty()) return {};
  const Result<follow::LateTable> start = start_of_run();
  if (!start) return fail(start.error());
  std::vector<follow::LateTable> late;
  for (const catalog::Place table : unfinished.tables) {
    late.push_back(*start);
    late.back().table = work_->relation(table).oid;
  }
  postgres::Connection& target = target_hold_->connection();
  postgres::Transaction whole = postgres::Transaction::begin(target);
  for (const catalog::Place table : unfinished.emptied) {
    const catalog::Name& name = work_->relation(table).name;
    const Status emptied = target.execute("TRUNCATE ONLY " + postgres::quote(name.schema, name.name));
    if (!emptied)
      return emptied.error().during("emptying " + shown(name) + ", to copy it under one snapshot");
  }
  for (const plan::TaskId task : unfinished.forgotten) {
    if (Status forgotten = journal_->forget(target, task); !forgotten) return forgotten;
    done.erase(task);
  }
  const Status set = follow::ProgressTable(journal_->schema()).set_late(target, changes_->from.slot, late);
  if (!set) return set;
  return whole.commit();
}

/// Returns up to where the changes have to be applied before rows of all tables fit together; 0: they do.
Result<Lsn> Copy::find_catch_up() {
  if (!changes_) return Lsn{};
  const Result<std::optional<follow::Progress>> progress =
      follow::ProgressTable(journal_->schema()).find(target_hold_->connection(), changes_->from.slot);
  if (!progress) return fail(progress.error());
  if (!*progress || (*progress)->late_tables.empty()) return Lsn{};
  Lsn until = (*progress)->snapshot_until;
  for (const follow::LateTable& late : (*progress)->late_tables) until = std::max(until, late.snapshot_until);
  return (*progress)->position < until ? until : Lsn{};
}

Status Copy::replace_lost_rows(const std::vector<catalog::Place>& lost) {
  context_.events.warning("the target crashed, which emptied unlogged tables that had been copied, such as " +
                              shown(work_->relation(lost.front()).name) + ": everything is copied anew",
                          "keys or triggers that stand by now keep these tables from being filled alone", {});
  return restart();
}

/// Reports emptied tables: once an application has been let into the target, nothing is copied again.
void Copy::report_emptied(const std::vector<catalog::Place>& lost) {
  results_->opening.emptied = lost;
  if (work_->verify() != verify::Mode::none) return;  // verification finds them to be different
  for (const catalog::Place place : lost) {
    context_.report.left_out.push_back(
        {"rows of table " + shown(work_->relation(place).name), tasks::kEmptied});
  }
}

/// Makes sequences be set again: their values belong to no snapshot, and rows still to come may have later
/// ones.
Status Copy::forget_sequences(journal::Journal::Done& done) {
  if (journal_->header().stage == journal::Journal::Stage::at_the_end) return {};
  for (const plan::Task& task : found_.plan.graph.tasks) {
    if (task.kind != plan::TaskKind::sequences || done.erase(task.id) == 0) continue;
    const Status forgotten = journal_->forget(target_hold_->connection(), task.id);
    if (!forgotten) return forgotten;
  }
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

Status Copy::restore_pre_data() {
  postgres::Connection& target = target_hold_->connection();
  if (!context_.options.data_only) {  // otherwise the target keeps its own definitions
    if (Status made = make_definitions(target); !made) return made;
  }
  return journal_->enter(target, journal::Journal::Stage::tasks);
}

Status Copy::make_definitions(postgres::Connection& target) {
  if (Status dropped = drop_public_schema(target, found_, context_); !dropped) return dropped;
  if (Status prepared = prepare_schemas(target, found_, context_.options.filters); !prepared) return prepared;
  return tasks::restore_pre_data(*schema_, workers(), found_.sections.before_data, [&]() -> Status {
    const Status cleared = clear_target(journal_->schema());
    return cleared ? drop_public_schema(target, found_, context_) : cleared;
  });
}

Status Copy::move() {
  if (journal_->header().stage == journal::Journal::Stage::at_the_end) {
    release_source();
    return {};
  }
  const crew::Worker::Endpoints both = ends();
  tasks::TargetJournal journal(*work_, *results_, progress_, *journal_, target_hold_->still_held_sql());
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
       .journal = journal,
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
  std::future<void> letting_go;  // while the workers go on
  const Status moved =
      tasks::run_tasks(*work_, *chosen, journal, *results_, tasks::crew_options(context_, workers(), both),
                       {.progress = progress_,
                        .timeline = context_.timeline,
                        .events = context_.events,
                        .earlier_seconds = earlier_seconds_,
                        .seconds_after_tasks = seconds_after_tasks_},
                       [&] { letting_go = std::async(std::launch::async, [this] { release_source(); }); });
  if (moved) return moved;
  return fail(tasks::with_compression_hint(moved.error(), context_.options.toast_compression,
                                           found_.source.server, *found_.target));
}

/// Begins reading the source's other objects, for the comparison, beside the phases that need only its rows.
/// An archive holds no more than its schema.
void Copy::begin_reading_source_objects() {
  if (!found_.source_hold || work_->verify() == verify::Mode::none) return;
  source_objects_ = std::async(std::launch::async, [this]() -> Result<discovery::Objects> {
    postgres::Connection& source = found_.source_hold->connection();
    const postgres::CancelOnStop cancel_on_stop(context_.stop, source);
    return discovery::source_objects(source, found_, context_.options);
  });
}

/// Releases the source, once its rows have been read.
void Copy::release_source() {
  if (source_objects_.valid()) source_objects_.wait();
  found_.source_hold.reset();
}

/// Restores what would have stood in the way of the work, such as event triggers.
Status Copy::restore_the_end() {
  const bool again = journal_->header().stage == journal::Journal::Stage::at_the_end;
  const Status entered = journal_->enter(target_hold_->connection(), journal::Journal::Stage::at_the_end);
  if (!entered) return entered;
  if (Status restored = schema_->restore(found_.sections.at_the_end, again); !restored) return restored;
  if (Status set = set_constraint_triggers(found_, context_); !set) return set;
  return opens_early() ? Status{} : set_database_settings(found_, context_);
}

/// Makes what the application must find besides rows and what the tasks before the opening make.
Status Copy::prepare_opening(bool again) {
  if (Status restored = schema_->restore(found_.sections.at_opening, again); !restored) return restored;
  if (Status set = set_database_settings(found_, context_); !set) return set;
  if (work_->verify() == verify::Mode::none) return {};
  const Result<compare::Mismatches> different =
      compare::compare_sequences(results_->sequences, found_, context_.report.left_out, context_.stop);
  if (!different) return fail(different.error());
  if (different->empty()) return {};
  return fail(ErrorCode::refused,
              different->front().object +
                  " differs, so the application was not let in: " + different->front().message);
}

/// Holds the target's state again, as the one of the opening ended with an earlier run. Once everything has
/// been read back, nothing may be held: indexes would wait for it.
Status Copy::hold_opened_state() {
  const std::vector<plan::Task>& tasks = found_.plan.graph.tasks;
  const auto cancel_on_stop = std::ranges::find(tasks, plan::TaskKind::release_opening, &plan::Task::kind);
  if (cancel_on_stop == tasks.end() || results_->journalled[cancel_on_stop->id]) return {};
  Result<discovery::SourceHold> hold =
      discovery::SourceHold::open(found_.target_string, postgres::Side::target, {}, context_.stop);
  if (!hold) return fail(hold.error());
  opened_state_.emplace(std::move(*hold));
  results_->target.snapshot = opened_state_->snapshot();
  return {};
}

/// Names what the target can't be given, where no comparison shows whether it has it nevertheless.
void Copy::name_out_of_reach() {
  for (const LeftOut& one : found_.out_of_reach) {
    context_.report.left_out.push_back(one);
  }
}

Status Copy::compare() {
  if (work_->verify() == verify::Mode::none) return name_out_of_reach(), Status{};
  context_.report.verification = compare::differences(*work_, *results_);
  const Status compared = discovery::time_phase(context_, "verify", [&] { return compare_catalogs(); });
  if (!compared) return compared;
  return compare::as_status(context_.report.verification->mismatches);
}

Status Copy::compare_catalogs() {
  const crew::Worker::Endpoints both = ends();
  using Servers = tasks::BothServers;
  Servers servers(both,
                  found_.stored ? Servers::Compared(Servers::Archive{})
                                : Servers::Compared(Servers::Gone{found_.source_state}),
                  results_->target.snapshot);
  const Status computed = tasks::compare_computed(*work_, *results_, servers, *context_.report.verification);
  if (!computed) return computed;
  if (!source_objects_.valid()) {  // an archive's
    name_out_of_reach();
    return {};
  }
  Result<discovery::Objects> of_source = source_objects_.get();
  if (!of_source) return fail(of_source.error());
  LeftOuts unreadable;
  std::future<Result<compare::Mismatches>> sequences;
  // Those of an opened target have been compared before, and have changed since; so have those of a source
  // that is written to, unless this run has set them.
  const bool sequences_changed = opens_early() || (changes_ && results_->sequences.empty());
  if (!sequences_changed) {
    sequences = std::async(std::launch::async, [&] {
      return compare::compare_sequences(results_->sequences, found_, unreadable, context_.stop);
    });
  }
  std::vector<Result<compare::Mismatches>> different;
  different.push_back(compare::compare_objects(std::move(*of_source), found_, context_.options,
                                               context_.report, context_.stop));
  if (sequences.valid()) different.push_back(sequences.get());
  std::ranges::move(unreadable, std::back_inserter(context_.report.left_out));
  for (Result<compare::Mismatches>& one : different) {
    if (!one) return fail(one.error());
    compare::add(std::move(*one), *context_.report.verification);
  }
  return {};
}

/// Closes the journal: a compared copy is over, also when it turned out different. A copy that is reported as
/// done is durable.
Status Copy::close_journal(Status outcome) {
  if (!outcome && outcome.error().code != ErrorCode::mismatch) return outcome;
  if (outcome) {
    Status durable = journal_->make_durable(target_hold_->connection(), context_.stop);
    if (!durable) return durable;
    if (changes_) return hand_over();
    if (Status kept = keep_record_of_copy(); !kept) return kept;
  }
  const Status removed = remove_journal();
  return outcome && !removed ? removed : outcome;
}

/// Leaves the journal and the target to who applies the changes.
Status Copy::hand_over() {
  if (Status entered = journal_->enter(target_hold_->connection(), journal::Journal::Stage::following);
      !entered) {
    return entered;
  }
  cancel_on_stop_.reset();
  changes_->hand_over(std::move(*target_hold_));
  return {};
}

/// Keeps a record of tables whose rows lie where they lie on the source.
Status Copy::keep_record_of_copy() {
  if (!draft_) return {};
  std::vector<journal::CopyRecord::Table> tables;
  for (const plan::TablePlan& table : found_.plan.tables) {
    if (table.tree != catalog::kNone) continue;
    const catalog::Relation& relation = work_->relation(table.relation);
    const verify::Digest sent = results_->ledger.tally(table.relation).sent;
    tables.push_back({.name = relation.name,
                      .oid = relation.oid,
                      .definition = {},
                      .target_oid = 0,
                      .target_definition = {},
                      .rows = sent.rows});
  }
  const Result<RecordDraft> now = read_state_of_target(target_hold_->connection());
  if (!now) return fail(now.error());
  return keep_record(*draft_, *now, std::move(tables), target_hold_->connection());
}

/// Removes the journal. Where the connection broke meanwhile, it may be gone nevertheless, and the copy
/// complete.
Status Copy::remove_journal() {
  Status removed = journal_->remove(target_hold_->connection());
  if (removed || removed.error().code != ErrorCode::connection_lost) return removed;
  cancel_on_stop_.reset();
  crew::Backoff backoff(context_.options.retry_for);
  for (;;) {
    const double start = context_.timeline.now();
    Result<discovery::TargetHold> hold = discovery::TargetHold::open(found_.target_string, context_.stop);
    if (hold) {  // so the other session is over
      const Result<std::optional<journal::Journal>> left = journal::Journal::find(hold->connection());
      return left && !*left ? tasks::check_not_emptied(hold->connection(), *work_, results_->ledger)
                            : removed;
    }
    if (!crew::may_pass(hold.error())) return removed;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(hold.error(), crew::milliseconds_since(context_.timeline, start));
    if (!wait || !wait_for(*wait, context_.stop)) return removed;
  }
}

}  // namespace pghaul::job

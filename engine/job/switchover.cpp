#include "job/switchover.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/guard.h"
#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "follow/progress.h"
#include "follow/registration.h"
#include "follow/set_aside.h"
#include "follow/status.h"
#include "job/compare.h"
#include "job/fill_report.h"
#include "job/live_session.h"
#include "job/live_source.h"
#include "job/switchover_checks.h"
#include "job/switchover_hook.h"
#include "journal/journal.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"
#include "switchover/marker.h"

namespace pghaul::job {
namespace {

using postgres::Side;
using std::chrono::milliseconds;

constexpr milliseconds kDrainInterval{2};
constexpr milliseconds kReadyInterval{200};
constexpr milliseconds kFirstLimit{50};
constexpr milliseconds kLastLimit{400};
constexpr milliseconds kAttemptPause{500};
constexpr std::chrono::seconds kHookLimit{60};
constexpr double kReadyLag = 0.5;  // seconds that the target may need for what is under way

milliseconds as_milliseconds(double seconds) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
}

std::string joined(const std::vector<switchover::Blocker>& blockers) {
  std::string all;
  for (const switchover::Blocker& blocker : blockers) all += (all.empty() ? "" : "; ") + blocker.text;
  return all;
}

/// Returns how long the locks of attempt `number` may be waited for.
milliseconds limit_of(int number) {
  milliseconds limit = kFirstLimit;
  for (int i = 1; i < number && limit < kLastLimit; ++i) limit *= 2;
  return std::min(limit, kLastLimit);
}

}  // namespace

Switchover::Switchover(VerbContext context)
    : context_(std::move(context)), report_(context_.report.switchover.emplace()) {
  report_.state = "open";
}

Switchover::~Switchover() = default;

/// Runs a step, and records it.
template <typename Step>
Status Switchover::step(const char* name, Step&& work) {
  const double start = context_.timeline.now();
  Status done = guarded(std::string("in step ") + name, work);
  const double seconds = context_.timeline.now() - start;
  report_.steps.push_back({.name = name,
                           .attempt = attempt_,
                           .at = start,
                           .seconds = seconds,
                           .failure = done ? std::string() : done.error().message});
  context_.events.switchover(name, attempt_, seconds);
  context_.timeline.record(name, name, -1, start);
  return done;
}

milliseconds Switchover::left(Clock::time_point deadline) const {
  return std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(deadline - Clock::now()));
}

Status Switchover::run() {
  Status done = guarded("switching over", [&] { return run_phases(); });
  if (!touched_ && prepared_) clean_up();
  return done;
}

Status Switchover::run_phases() {
  if (Status looked = step("look", [&] { return look(); }); !looked) return looked;
  if (report_.state == "open") {
    if (Status confirmed = confirm(); !confirmed) return confirmed;
    if (Status ready = step("ready", [&] { return get_ready(); }); !ready) return ready;
    if (context_.options.prove_first) {
      if (Status proved = step("prove first", [&] { return prove_first(); }); !proved) return proved;
    }
    if (Status decided = attempt_all(); !decided) return decided;
  }
  attempt_ = 0;
  if (report_.state == "rehearsed") {
    report_.forecast_seconds = report_.hold_seconds;
    return {};
  }
  Status opened = step("open", [&] { return open_target(); });
  if (report_.state != "switched") return opened;
  const Status proved = prove();
  return opened ? proved : opened;
}

/// Finds out what is to be switched over, and whether an earlier run has decided already.
Status Switchover::look() {
  if (Status there = ensure_session(source_, *context_.ends.source, Side::source, context_.stop); !there)
    return there;
  if (Status there = ensure_session(target_, *context_.ends.target, Side::target, context_.stop); !there)
    return there;
  const Result<catalog::Server> source = catalog::read_server(*source_);
  if (!source) return source.error().during("looking at the source");
  const Result<catalog::Server> target = catalog::read_server(*target_);
  if (!target) return target.error().during("looking at the target");
  context_.report.source = described(*source, *source_);
  context_.report.target = described(*target, *target_);
  target_text_ = target_->describe();
  Result<LiveTurns> turns = read_turns(*source_, *target_);
  if (!turns) return fail(turns.error());
  turns_ = std::move(*turns);
  Result<std::string> schema = follower_schema(*target_);
  if (!schema) return fail(schema.error());
  schema_ = std::move(*schema);
  fence_.emplace(turns_.forward);
  turn_ = turns_.switched() ? turns_.source : turns_.next();
  if (!turns_.switched()) return check_that_it_follows();
  touched_ = true;
  report_.state = "decided";
  report_.resumed = true;
  return {};
}

Status Switchover::check_that_it_follows() {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*target_);
  if (!journal) return fail(journal.error());
  const bool copying = *journal && (*journal)->header().is_live() &&
                       (*journal)->header().stage != journal::Journal::Stage::following;
  if (copying) {
    return fail(ErrorCode::refused, "the live copy has not copied all rows yet",
                "wait until pghaul status says that it follows");
  }
  const Result<postgres::Rows> there =
      target_->query("SELECT pg_catalog.to_regclass(" +
                     postgres::quote_literal(postgres::quote(schema_, "follow_progress")) + ") IS NOT NULL");
  if (!there) return fail(there.error());
  if (there->boolean(0, 0)) {
    const Result<std::optional<follow::Progress>> progress =
        follow::ProgressTable(schema_).find(*target_, turns_.forward);
    if (!progress) return fail(progress.error());
    if (*progress) return {};
  }
  return fail(ErrorCode::refused, "the target is not kept up to date by a live copy of this source",
              "pghaul copy --follow SOURCE TARGET starts one");
}

/// Asks for the target's name, as a copy does that empties it.
Status Switchover::confirm() {
  const std::string name = target_->database();
  if (context_.options.rehearse || context_.options.confirm == name) return {};
  context_.report.findings.push_back(
      {"refusal", "switchover_not_confirmed", "",
       fmt::format("the application would be moved from {} to {}", source_->describe(), target_text_),
       fmt::format("to confirm, name the target database: --confirm {}", name)});
  return fail(ErrorCode::refused, "the switchover is not confirmed",
              fmt::format("to confirm, name the target database: --confirm {}", name));
}

Status Switchover::get_ready() {
  if (Status found = find_obstacles(); !found) return found;
  const Result<std::optional<measure::LiveStatus>> status =
      follow::StatusTable(schema_).find(*target_, turns_.forward);
  if (!status) return fail(status.error());
  if (!*status || !(*status)->running.value_or(false)) {
    Result<std::unique_ptr<SwitchoverFollower>> follower =
        SwitchoverFollower::start(context_, {.source = *context_.ends.source,
                                             .target = *context_.ends.target,
                                             .slot = turns_.forward,
                                             .schema = schema_,
                                             .source_description = source_->describe(),
                                             .shown_in = {},
                                             .turn = turns_.target});
    if (!follower) return fail(follower.error());
    follower_ = std::move(*follower);
  }
  if (Status refreshed = refresh_views(*target_, context_.stop); !refreshed) return refreshed;
  if (Status prepared = prepare_source(); !prepared) return prepared;
  if (context_.options.way_back) {
    Result<WayBack> way_back = WayBack::prepare(context_.ends, context_.stop);
    if (!way_back) {
      Error error = way_back.error();
      error.message = "there would be no way back: " + error.message;
      if (error.hint.empty()) error.hint = "--no-way-back goes on without";
      return fail(std::move(error));
    }
    way_back_.emplace(std::move(*way_back));
  }
  return wait_until_ready();
}

/// Lists what is to be closed, and refuses where the role may not, or the server can't.
Status Switchover::find_obstacles() {
  if (Status same = check_selection(*target_, context_.options); !same) return same;
  const bool partial = !context_.options.filters.all();
  Result<std::vector<switchover::FencedTable>> tables =
      switchover::read_fenced_tables(*source_, turns_.forward, fence_->trigger(), !partial);
  if (!tables) return fail(tables.error());
  tables_ = std::move(*tables);
  relations_.clear();
  for (const switchover::FencedTable& table : tables_) {
    relations_.push_back(table.oid);
    if (table.owned) continue;
    return fail(ErrorCode::refused,
                "table " + table.name + " can't be closed to writers, as the role does not own it",
                "connect as its owner, or as a role that is a member of the owner");
  }
  Result<std::vector<std::uint32_t>> sequences =
      switchover::SequenceFence::choose(*source_, *target_, partial);
  if (!sequences) return fail(sequences.error());
  sequences_ = std::move(*sequences);
  if (Status carried = check_not_carried(*source_, turns_.forward, context_); !carried) return carried;
  return check_locks(*source_, tables_.size() + sequences_.size());
}

/// Makes what closes the source. A new session shows that PL/pgSQL can be loaded, which each writer will
/// need.
Status Switchover::prepare_source() {
  Result<postgres::Connection> fresh = open_session(*context_.ends.source, Side::source, context_.stop);
  if (!fresh) return fail(fresh.error());
  if (const Status loads = fresh->execute("DO $$BEGIN END$$"); !loads)
    return loads.error().during("the source can't run PL/pgSQL, which closing it needs");
  prepared_ = true;
  if (Status made = fence_->create_function(*source_); !made) return made;
  if (Status made = switchover::SequenceFence(turns_.forward).create_function(*source_); !made) return made;
  Status made = fence_->create_triggers(*source_, tables_);
  if (!made && made.error().code == ErrorCode::refused) {
    note_blockers(0);
    if (!blockers_.empty()) made.error().message += ", because of " + joined(blockers_);
  }
  return made;
}

/// Waits until a marker arrives soon, and until nobody is in a transaction that has written for longer than
/// writers may wait.
Status Switchover::wait_until_ready() {
  const auto deadline = Clock::now() + as_milliseconds(context_.options.wait_ready);
  const double most = std::min(kReadyLag, context_.options.at_most / 2);
  for (;;) {
    std::string why;
    const auto start = Clock::now();
    if (Status drained = drain(std::min(deadline, start + std::chrono::seconds(30))); !drained) {
      if (drained.error().code != ErrorCode::refused) return drained;
      why = drained.error().message;
    }
    const double lag = std::chrono::duration<double>(Clock::now() - start).count();
    if (why.empty() && lag > most) why = fmt::format("the target is {:.1f} s behind", lag);
    note_blockers(context_.options.at_most);
    const Result<std::vector<std::string>> prepared = switchover::find_prepared(*source_);
    if (!prepared) return fail(prepared.error());
    if (why.empty() && !prepared->empty()) why = prepared->front();
    if (why.empty() && !blockers_.empty() && !context_.options.end_blockers) why = joined(blockers_);
    if (why.empty()) return {};
    if (Clock::now() >= deadline) {
      return fail(ErrorCode::refused, "the switchover did not begin: " + why,
                  "wait for it to end, or end it; --wait-ready waits for longer");
    }
    if (!wait_for(kReadyInterval, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status Switchover::attempt_all() {
  Status done;
  for (attempt_ = 1; attempt_ <= context_.options.attempts; ++attempt_) {
    report_.attempts = attempt_;
    done = attempt(attempt_);
    if (done || done.error().code != ErrorCode::refused) break;
    if (attempt_ == context_.options.attempts) break;
    context_.events.warning(
        fmt::format("attempt {} was given up, the source is open: {}", attempt_, done.error().message), {},
        {});
    if (!wait_for(kAttemptPause, context_.stop)) done = fail(ErrorCode::interrupted, "stopped on request");
    if (!done && done.error().code == ErrorCode::interrupted) break;
  }
  if (done || touched_ || done.error().code == ErrorCode::interrupted) return done;
  report_.state = "given_up";
  Error given_up = done.error();
  given_up.code = ErrorCode::refused;
  given_up.message = "the switchover was given up, and the source is open: " + given_up.message;
  if (given_up.hint.empty())
    given_up.hint = "try again at a quieter time, with more --attempts, or with --end-blockers";
  return fail(std::move(given_up));
}

/// Compares every row at a barrier, while both servers go on.
Status Switchover::prove_first() {
  discovery::Options options = context_.options;
  options.live = true;
  return compare_databases(
      {options, context_.ends, context_.stop, context_.timeline, context_.events, context_.report});
}

/// Tries once. Whatever fails before the decision lets writers go on at once.
Status Switchover::attempt(int number) {
  const Result<postgres::ConnectionString> server = context_.ends.source->connection_string();
  if (!server) return fail(server.error());
  Result<switchover::Hold> hold =
      switchover::Hold::open(*server, as_milliseconds(context_.options.at_most), context_.stop);
  if (!hold) return fail(hold.error());
  Status done = step("approach", [&] { return hold->approach(tables_, *source_); });
  bool paused = false;
  if (done) {
    held_since_ = Clock::now();
    if (!context_.options.on_hold.empty()) {
      paused = true;
      done = step("on-hold", [&] {
        return run_hook(context_.options.on_hold, "held", *source_, *target_,
                        as_milliseconds(context_.options.at_most), context_.stop);
      });
      if (!done) done.error().code = ErrorCode::refused;
    }
  }
  if (done) {
    done = step("hold", [&] { return hold->take(tables_, limit_of(number)); });
  }
  const bool was_locked = !done && done.error().code == ErrorCode::refused;
  if (done) done = hold_and_decide(*hold);
  if (!touched_) hold->release();
  if (held_since_ > Clock::time_point{}) {
    report_.hold_seconds = std::chrono::duration<double>(Clock::now() - held_since_).count();
  }
  if (paused && !touched_) {
    if (Status resumed = run_on_open("given_up"); !resumed)
      context_.events.warning(resumed.error().message, "let the writers go on by hand", {});
  }
  if (was_locked) {
    note_blockers(0);
    if (!blockers_.empty()) done.error().message += ", because of " + joined(blockers_);
    if (context_.options.end_blockers) {
      if (Status ended = switchover::end_blockers(*source_, blockers_); !ended) return ended;
    }
  }
  return done;
}

Status Switchover::hold_and_decide(switchover::Hold& hold) {
  const auto deadline = held_since_ + as_milliseconds(context_.options.at_most);
  Status done = hold.limit_to(left(deadline));
  Result<Lsn> marked;
  if (done) marked = switchover::write_marker(*source_, turns_.forward);  // under way meanwhile
  if (done && !marked) done = fail(marked.error());
  if (done) done = step("sequences", [&] { return carry_sequences(hold); });
  if (done) done = step("drain", [&] { return await_position(*marked, deadline); });
  if (done)
    done = step("rest", [&]() -> Status {
      if (Status taken = take_snapshots(); !taken) return taken;
      return make_durable();
    });
  if (done && Clock::now() > deadline) {
    done = fail(ErrorCode::refused,
                fmt::format("writers would have waited for more than {:.1f} s", context_.options.at_most));
  }
  if (!done) return done;
  if (context_.options.rehearse) {
    report_.state = "rehearsed";
    return {};
  }
  return step("decide", [&] { return decide(hold); });
}

/// Waits until the target has all that the source has committed until now.
Status Switchover::drain(Clock::time_point deadline) {
  const Result<Lsn> marked = switchover::write_marker(*source_, turns_.forward);
  if (!marked) return fail(marked.error());
  return await_position(*marked, deadline);
}

Status Switchover::await_position(Lsn position, Clock::time_point deadline) {
  const follow::ProgressTable table(schema_);
  for (;;) {
    const Result<std::optional<follow::Progress>> progress = table.find(*target_, turns_.forward);
    if (!progress) return fail(progress.error());
    if (*progress && (*progress)->position >= position) return {};
    if (follower_) {
      if (Status following = follower_->state(); !following) return following;
    }
    if (Clock::now() >= deadline) {
      return fail(ErrorCode::refused, "the target did not receive the last changes in time",
                  "pghaul status shows how far it is behind, and whether it is being followed at all");
    }
    if (!wait_for(kDrainInterval, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status Switchover::carry_sequences(switchover::Hold& hold) {
  const Result<std::vector<switchover::Sequence>> sequences =
      switchover::SequenceFence(turns_.forward).close(hold.connection(), sequences_);
  if (!sequences) {
    return fail(Error{.code = ErrorCode::refused,
                      .message = sequences.error().message,
                      .sqlstate = sequences.error().sqlstate,
                      .hint = sequences.error().hint,
                      .object = {}});
  }
  return switchover::set_sequences(*target_, *sequences);
}

/// Takes snapshots of both servers at the source's last state, for the comparison after the opening.
Status Switchover::take_snapshots() {
  constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  const auto take = [&](std::optional<postgres::Connection>& session, const discovery::Endpoint& end,
                        Side side, std::string& snapshot) -> Status {
    if (Status there = ensure_session(session, end, side, context_.stop); !there) return there;
    if (Status begun = session->execute(std::string("ROLLBACK; ") + kBegin); !begun) return begun;
    const Result<postgres::Rows> taken = session->query("SELECT pg_catalog.pg_export_snapshot()");
    if (!taken) return taken.error().during("taking a snapshot");
    snapshot = taken->string(0, 0);
    return {};
  };
  if (Status taken = take(source_snapshot_, *context_.ends.source, Side::source, snapshots_.source); !taken)
    return taken;
  return take(target_snapshot_, *context_.ends.target, Side::target, snapshots_.target);
}

/// Waits until all that was applied is on the target's disk, and as safe as its commits are.
Status Switchover::make_durable() {
  const std::string slot = postgres::quote_literal(turns_.forward);
  const Status durable = target_->execute(
      fmt::format("BEGIN; {}; UPDATE {} SET slot = {} WHERE slot = {}; COMMIT", postgres::kCommitAsConfigured,
                  postgres::quote(schema_, "follow_progress"), slot, slot));
  if (!durable) return durable.error().during("making the last changes durable on the target");
  return {};
}

/// Closes the source by the commit of the transaction that holds its writers.
Status Switchover::decide(switchover::Hold& hold) {
  postgres::Connection& session = hold.connection();
  const std::string closing =
      fence_->close("this database has moved to " + target_text_, "connect to the new server");
  std::string start_back;
  if (way_back_) {
    Result<std::string> statements = way_back_->start_here(*target_);
    if (!statements) return fail(statements.error());
    start_back = std::move(*statements) + "; ";
  }
  Status closed = session.execute(std::string(postgres::kCommitAsConfigured) + "; " + start_back +
                                  follow::set_turn(turns_.forward, turn_) + "; " + closing);
  if (!closed) return closed.error().during("closing the source to writers");
  const Result<postgres::Rows> noted =
      session.query(fmt::format("SELECT turn FROM {} WHERE name = {}", postgres::quote(kLiveSchema, "copies"),
                                postgres::quote_literal(turns_.forward)));
  if (!noted) return noted.error().during("closing the source to writers");
  if (noted->size() != 1 || noted->integer(0, 0) != turn_) {
    return fail(ErrorCode::refused, "the source's row of the live copy is gone",
                "somebody has given the live copy up: pghaul status");
  }
  touched_ = true;
  report_.state = "decided";
  if (Status done = hold.commit(); !done) return find_decision(done.error());
  return {};
}

/// Finds out whether a commit happened whose answer was lost. Waits for the session that may still be at it.
Status Switchover::find_decision(Error lost) {
  source_.reset();
  if (Status there = ensure_session(source_, *context_.ends.source, Side::source, {}); !there) {
    return fail(
        ErrorCode::connection_lost,
        "the connection to the source broke during the decision, and it can't be reached: whether it is "
        "closed to writers is not known: " +
            there.error().message,
        "the same command finds out, and completes the switchover or leaves the source open");
  }
  postgres::Transaction reading =
      postgres::Transaction::begin(*source_);  // rolled back: it waits for no standby
  const Result<postgres::Rows> row = source_->query(
      fmt::format("SELECT turn FROM {} WHERE name = {} FOR UPDATE", postgres::quote(kLiveSchema, "copies"),
                  postgres::quote_literal(turns_.forward)));
  if (!row) return row.error().during("finding out whether the source is closed");
  if (row->size() == 1 && row->integer(0, 0) == turn_) return {};
  touched_ = false;
  report_.state = "open";
  lost.code = ErrorCode::refused;
  return fail(std::move(lost));
}

/// Makes the target ready for its first writer; a switchover back also opens what an earlier one has closed.
Status Switchover::open_target() {
  if (Status there = ensure_session(target_, *context_.ends.target, Side::target, {}); !there) return there;
  if (Status restored = follow::SetAside(schema_).restore(*target_); !restored) return restored;
  if (Status open = switchover::Fence(turns_.back).open_again(*target_); !open) return open;
  report_.state = "switched";
  if (Status told = run_on_open("switched"); !told) return told;
  Status removed = switchover::Fence(turns_.back).remove(*target_);
  if (removed) removed = switchover::SequenceFence(turns_.back).remove(*target_);
  if (!removed) {
    context_.events.warning(removed.error().message, "it lets all writes pass; pghaul finish removes it", {});
  }
  return {};
}

Status Switchover::run_on_open(const char* state) {
  if (context_.options.on_open.empty()) return {};
  if (Status there = ensure_session(source_, *context_.ends.source, Side::source, {}); !there) return there;
  Status done = run_hook(context_.options.on_open, state, *source_, *target_, kHookLimit, context_.stop);
  if (!done) return done.error().during("--on-open");
  return {};
}

/// Compares every row of both servers, as they were when the source had been written to for the last time.
Status Switchover::prove() {
  if (context_.options.verify == verify::Mode::none) return {};
  if (snapshots_.target.empty()) {  // the run that decided was interrupted, and took its snapshots with it
    context_.report.findings.push_back({"warning", "switchover_not_proved", "",
                                        "the rows were not compared, as the run that decided was interrupted",
                                        "pghaul verify compares what the application has not written since"});
    return {};
  }
  const LeftOuts not_carried = context_.report.left_out;
  Status compared = compare_at(context_, snapshots_, false);
  context_.report.left_out.insert(context_.report.left_out.begin(), not_carried.begin(), not_carried.end());
  if (!compared) return compared;
  report_.proved = context_.options.verify == verify::Mode::checksums && context_.report.left_out.empty();
  return {};
}

void Switchover::note_blockers(double seconds) {
  const std::vector<std::int64_t> own{source_->session()};
  Result<std::vector<switchover::Blocker>> blockers =
      switchover::find_blockers(*source_, relations_, seconds, own);
  if (!blockers) return;
  blockers_ = std::move(*blockers);
  report_.blockers.clear();
  for (const switchover::Blocker& blocker : blockers_) report_.blockers.push_back(blocker.text);
}

/// Removes what was made on the source, which is not to stay for long.
void Switchover::clean_up() {
  context_.stop = {};
  source_.reset();
  Status removed = ensure_session(source_, *context_.ends.source, Side::source, {});
  if (removed) removed = fence_->remove(*source_);
  if (removed) removed = switchover::SequenceFence(turns_.forward).remove(*source_);
  if (removed && way_back_) removed = WayBack::drop(context_.ends, {});
  if (removed) return;
  context_.events.warning(
      "what the switchover made could not be removed: " + removed.error().message,
      "it lets all writes pass; the next switchover uses it, and pghaul abandon removes it", {});
}

}  // namespace pghaul::job

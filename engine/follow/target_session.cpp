#include "follow/target_session.h"

#include <fmt/format.h>

#include <utility>

#include "base/live_schema.h"
#include "follow/set_aside.h"
#include "follow/shown_relation.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/sqlstate.h"

namespace pghaul::follow {
namespace {

using changes::Relation;
using std::chrono::steady_clock;

constexpr const char* kMove = "progress";
constexpr const char* kBegin = "begin";
constexpr const char* kDefer = "defer";
constexpr const char* kSavepoint = "savepoint";
constexpr const char* kRelease = "release";
constexpr const char* kUndo = "undo";
constexpr const char* kCommit = "commit";

constexpr int kHasPlanCacheMode = 120000;

/// Returns settings by which plans are made once, where the version can, and find each row by its key,
/// whatever the number of rows that is planned for.
std::string plan_settings(const postgres::Connection& target) {
  return std::string(target.version() >= kHasPlanCacheMode ? "SET plan_cache_mode = force_generic_plan; "
                                                           : "") +
         "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off";
}

Status claim(postgres::Connection& target, const ProgressTable& table, const std::string& slot,
             const std::stop_token& stop) {
  const postgres::CancelOnStop cancel_on_stop(stop, target);
  Status claimed = table.claim(target, slot);
  if (!claimed && stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return claimed;
}

}  // namespace

TargetSession::TargetSession(postgres::Connection connection, Progress progress)
    : connection_(std::move(connection)),
      progress_(std::move(progress)),
      moved_(progress_.position),
      applied_(progress_.position) {}

Result<std::unique_ptr<TargetSession>> TargetSession::open(const postgres::ConnectionString& target,
                                                           const std::string& encoding,
                                                           const ProgressTable& table,
                                                           const std::string& slot,
                                                           const std::stop_token& stop) {
  Result<postgres::Connection> connection =
      postgres::Connection::open(target, postgres::Side::target, encoding, stop);
  if (!connection) return fail(connection.error());
  if (const Status claimed = claim(*connection, table, slot, stop); !claimed) return fail(claimed.error());
  Status set = connection->execute("SET session_replication_role = replica");
  if (!set && set.error().sqlstate == postgres::kInsufficientPrivilege) {
    set = SetAside(table.schema()).set_aside(*connection, stop);
    if (!set) return fail(set.error());
  }
  if (set)
    set =
        connection->execute(std::string("SET ") + kApplierSetting + " = 'on'; " + plan_settings(*connection));
  if (!set) return set.error().during("setting up the session");
  const Result<std::optional<Progress>> progress = table.find(*connection, slot);
  if (!progress) return fail(progress.error());
  if (!*progress) return fail(ErrorCode::refused, "the target does not follow replication slot " + slot);
  std::unique_ptr<TargetSession> session(new TargetSession(std::move(*connection), **progress));
  if (const Status begun = session->begin_pipeline(table, stop); !begun) return fail(begun.error());
  return session;
}

Status TargetSession::begin_pipeline(const ProgressTable& table, const std::stop_token& stop) {
  Result<postgres::StatementPipeline> pipeline = postgres::StatementPipeline::begin(
      connection_, [this](const Result<postgres::Rows>& answer) { return judge(answer); }, stop);
  if (!pipeline) return fail(pipeline.error());
  pipeline_ = std::make_unique<postgres::StatementPipeline>(std::move(*pipeline));
  for (const auto& [name, sql] : {std::pair<const char*, std::string>{kMove, table.move(progress_.slot)},
                                  {kBegin, "BEGIN"},
                                  {kDefer, "SET CONSTRAINTS ALL DEFERRED"},
                                  {kSavepoint, "SAVEPOINT attempt"},
                                  {kRelease, "RELEASE SAVEPOINT attempt"},
                                  {kUndo, "ROLLBACK TO SAVEPOINT attempt"},
                                  {kCommit, "COMMIT"}}) {
    expect({});
    if (Status prepared = pipeline_->prepare(name, sql); !prepared) return prepared;
  }
  if (Status ended = pipeline_->sync(); !ended) return ended;
  return pipeline_->await_answers();
}

const PreparedStatement* TargetSession::find(FollowedTable& table, std::string_view shape) {
  const auto known = table.prepared.find(shape);
  return known == table.prepared.end() ? nullptr : &known->second;
}

Result<const PreparedStatement*> TargetSession::prepare(FollowedTable& table, std::string shape,
                                                        Statement statement) {
  PreparedStatement& prepared = table.prepared[shape];
  prepared = {.name = fmt::format("s{}", ++prepared_), .statement = std::move(statement)};
  if (attempting_) unconfirmed_.emplace_back(&table, std::move(shape));
  Expected expected;
  expected.change = {.verb = "a change of", .table = &table, .xid = 0, .key = {}};
  expected.prepared = &prepared;
  expect(std::move(expected));
  if (const Status sent = pipeline_->prepare(prepared.name, prepared.statement.sql); !sent) {
    return fail(sent.error());
  }
  return &prepared;
}

Status TargetSession::execute(const PreparedStatement& prepared, std::span<const char* const> values,
                              Change change) {
  expect({.kind = Expected::Kind::rows, .change = std::move(change), .position = {}});
  return pipeline_->execute(prepared.name, values);
}

Status TargetSession::execute(const PreparedStatement& prepared, std::span<const std::string> arrays,
                              Change change) {
  expect({.kind = Expected::Kind::rows, .change = std::move(change), .position = {}});
  return pipeline_->execute_binary(prepared.name, arrays);
}

Status TargetSession::run(const std::string& sql, Change change) {
  expect({.kind = Expected::Kind::command, .change = std::move(change), .position = {}});
  return pipeline_->run(sql);
}

void TargetSession::expect(Expected expected) {
  expected.attempted = attempting_;
  expected_.push_back(std::move(expected));
}

Status TargetSession::command(const char* prepared) {
  expect({});
  return pipeline_->execute(prepared, {});
}

Status TargetSession::begin() {
  if (std::exchange(in_transaction_, true)) return {};
  if (Status begun = command(kBegin); !begun) return begun;
  return command(kDefer);
}

Status TargetSession::move(Lsn position) {
  const std::string to = lsn_text(position);
  const std::string from = lsn_text(moved_);
  const char* const values[] = {to.c_str(), from.c_str()};
  moved_ = position;
  expect({.kind = Expected::Kind::progress, .change = {}, .position = {}});
  return pipeline_->execute(kMove, values);
}

Status TargetSession::commit() {
  if (Status judged = pipeline_->await_answers(); !judged) return judged;  // before anything is for good
  expect({.kind = Expected::Kind::commit, .change = {}, .position = moved_});
  if (Status sent = pipeline_->execute(kCommit, {}); !sent) return sent;
  in_transaction_ = false;
  has_savepoint_ = false;
  last_commit_ = steady_clock::now();
  if (last_commit_ - asked_ >= durability_interval_) {
    if (Status asked = ask_what_is_durable(); !asked) return asked;
  }
  return pipeline_->sync();
}

Status TargetSession::start_attempt() {
  if (Status begun = begin(); !begun) return begun;
  if (has_savepoint_) {
    if (Status released = command(kRelease); !released) return released;
  }
  if (Status kept = command(kSavepoint); !kept) return kept;
  has_savepoint_ = true;
  attempting_ = true;
  failed_ = false;
  failed_table_ = nullptr;
  moved_before_ = moved_;
  return {};
}

Result<bool> TargetSession::finish_attempt() {
  if (const Status answered = pipeline_->await_answers(); !answered) return fail(answered.error());
  attempting_ = false;
  const bool good = !failed_;
  if (!good) {
    if (const Status undone = undo_attempt(); !undone) return fail(undone.error());
  }
  unconfirmed_.clear();
  return good;
}

Status TargetSession::undo_attempt() {
  for (const auto& [table, shape] : unconfirmed_) {
    const auto prepared = table->prepared.find(shape);
    if (prepared != table->prepared.end() && !prepared->second.is_prepared) table->prepared.erase(prepared);
  }
  moved_ = moved_before_;
  if (Status ended = pipeline_->sync(); !ended) return ended;  // after an error nothing is done before it
  if (Status undone = command(kUndo); !undone) return undone;
  return pipeline_->await_answers();
}

Status TargetSession::update_durable(std::chrono::milliseconds interval) {
  if (durable_ >= moved_ || steady_clock::now() - asked_ < interval) return pipeline_->read_answers();
  if (Status asked = ask_what_is_durable(); !asked) return asked;
  if (Status ended = pipeline_->sync(); !ended) return ended;
  return pipeline_->await_answers();
}

Status TargetSession::ask_what_is_durable() {
  asked_ = steady_clock::now();
  expect({.kind = Expected::Kind::durability, .change = {}, .position = {}});
  return pipeline_->run(
      "SELECT pg_catalog.pg_current_wal_insert_lsn(), pg_catalog.pg_current_wal_flush_lsn()");
}

std::string TargetSession::describe(const Expected& expected) const {
  if (expected.change.table == nullptr) return "the source's changes up to " + lsn_text(moved_);
  const Relation& relation = expected.change.table->relation;
  std::string what = std::string(expected.change.verb) + " " + shown(relation);
  if (!expected.change.key.empty()) what += ", " + expected.change.key;
  if (expected.change.xid != 0) what += fmt::format(", of the source's transaction {}", expected.change.xid);
  return what;
}

Status TargetSession::judge(const Result<postgres::Rows>& answer) {
  if (expected_.empty()) return fail(ErrorCode::internal, "the target answers what it was not asked");
  const Expected expected = std::move(expected_.front());
  expected_.pop_front();
  Status judged = judge(expected, answer);
  if (judged || !expected.attempted) return judged;
  if (!std::exchange(failed_, true)) failed_table_ = expected.change.table;
  return {};
}

Status TargetSession::judge(const Expected& expected, const Result<postgres::Rows>& answer) {
  if (!answer) {
    Error error = answer.error().during("cannot apply " + describe(expected)).value();
    if (expected.change.table != nullptr) error.object = shown(expected.change.table->relation);
    return fail(std::move(error));
  }
  switch (expected.kind) {
    case Expected::Kind::command:
      if (expected.prepared != nullptr) expected.prepared->is_prepared = true;
      return {};
    case Expected::Kind::rows:
      if (answer->affected() == expected.change.rows) return {};
      return fail(
          Error{.code = ErrorCode::mismatch,
                .message = describe(expected) + (expected.change.rows == 0
                                                     ? ": the target has several rows with this key"
                                                     : fmt::format(": the target has {} such rows, not {}",
                                                                   answer->affected(), expected.change.rows)),
                .sqlstate = {},
                .hint = "somebody else wrote to the target: find out who, and copy again",
                .object = shown(expected.change.table->relation)});
    case Expected::Kind::progress:
      if (answer->affected() == 1) return {};
      return fail(ErrorCode::refused,
                  "another pghaul has applied changes of replication slot " + progress_.slot);
    case Expected::Kind::commit:
      applied_ = expected.position;
      return {};
    case Expected::Kind::durability:
      return judge_durability(*answer);
  }
  return {};
}

Status TargetSession::judge_durability(const postgres::Rows& rows) {
  const std::optional<Lsn> inserted = parse_lsn(rows.text(0, 0));
  const std::optional<Lsn> flushed = parse_lsn(rows.text(0, 1));
  if (!inserted || !flushed)
    return fail(ErrorCode::server_error, "the target does not say how far its WAL goes");
  if (written_.empty() || written_.back().source < applied_) written_.push_back({*inserted, applied_});
  while (!written_.empty() && written_.front().target <= *flushed) {
    durable_ = written_.front().source;
    written_.pop_front();
  }
  return {};
}

}  // namespace pghaul::follow

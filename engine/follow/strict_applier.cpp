#include "follow/strict_applier.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "postgres/cancel_on_stop.h"
#include "postgres/shown_name.h"

namespace pghaul::follow {
namespace {

using changes::OldRow;
using changes::Relation;
using changes::Row;
using changes::Value;
using std::chrono::steady_clock;

constexpr const char* kInsufficientPrivilege = "42501";
constexpr std::size_t kLongestKeyText = 200;

constexpr const char* kMove = "progress";
constexpr const char* kBegin = "begin";
constexpr const char* kDefer = "defer";
constexpr const char* kCommit = "commit";

std::string shown(const Relation& relation) {
  return postgres::shown_name(relation.schema, relation.name);
}

/// Describes what a change's statement depends on, besides its table: which values are left out, and how the
/// row is found.
std::string shape(char verb, OldRow kind, Row old, Row row) {
  std::string shape{verb, static_cast<char>(kind)};
  if (kind == OldRow::full) {
    for (const Value& value : old) shape += value.kind == Value::Kind::null ? 'n' : 't';
  }
  for (const Value& value : row) shape += value.kind == Value::Kind::unchanged ? 'u' : '.';
  return shape;
}

/// The values that tell the row apart, for people: "(7, north)".
std::string key_text(const Relation& relation, Row row) {
  std::string text;
  for (std::size_t i = 0; i < row.size() && text.size() < kLongestKeyText; ++i) {
    const bool has_identity = relation.identity != changes::Identity::nothing;
    if (has_identity && !relation.columns[i].in_identity) continue;
    text += text.empty() ? "(" : ", ";
    text += row[i].kind == Value::Kind::text ? row[i].text.substr(0, kLongestKeyText) : "NULL";
  }
  return text.empty() ? text : text + ")";
}

std::string key_names(const Relation& relation) {
  std::string text;
  for (const changes::Column& column : relation.columns) {
    if (relation.identity != changes::Identity::nothing && !column.in_identity) continue;
    text += (text.empty() ? "(" : ", ") + column.name;
  }
  return text.empty() ? text : text + ")";
}

Status claim(postgres::Connection& target, const ProgressTable& table, const std::string& slot,
             const std::stop_token& stop) {
  const postgres::CancelOnStop let_go(stop, target);
  Status claimed = table.claim(target, slot);
  if (!claimed && stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return claimed;
}

}  // namespace

StrictApplier::StrictApplier(postgres::Connection connection, Progress progress, Options options)
    : connection_(std::move(connection)),
      progress_(std::move(progress)),
      options_(options),
      waiting_([] { return Status(); }),
      taken_(progress_.position),
      committing_(progress_.position),
      applied_(progress_.position) {}

Result<std::unique_ptr<StrictApplier>> StrictApplier::open(const postgres::ConnectionString& target,
                                                           const std::string& encoding,
                                                           const ProgressTable& table,
                                                           const std::string& slot, Options options,
                                                           const std::stop_token& stop) {
  Result<postgres::Connection> connection =
      postgres::Connection::open(target, postgres::Side::target, encoding, stop);
  if (!connection) return fail(connection.error());
  if (const Status claimed = claim(*connection, table, slot, stop); !claimed) return fail(claimed.error());
  Status set = connection->execute("SET session_replication_role = replica");
  if (!set && set.error().sqlstate == kInsufficientPrivilege) {
    return fail(
        ErrorCode::refused,
        "the role may not set session_replication_role on the target, so that its triggers would fire for "
        "changes that the source's have made already",
        "use a superuser, or from PostgreSQL 15 on: GRANT SET ON PARAMETER session_replication_role TO " +
            connection->user());
  }
  if (set) set = connection->execute("SET plan_cache_mode = force_generic_plan");
  if (!set) return set.error().during("setting up the session");
  const Result<std::optional<Progress>> progress = table.find(*connection, slot);
  if (!progress) return fail(progress.error());
  if (!*progress) return fail(ErrorCode::refused, "the target does not follow replication slot " + slot);
  std::unique_ptr<StrictApplier> applier(new StrictApplier(std::move(*connection), **progress, options));
  if (const Status begun = applier->begin_pipeline(table, stop); !begun) return fail(begun.error());
  return applier;
}

Status StrictApplier::begin_pipeline(const ProgressTable& table, const std::stop_token& stop) {
  Result<postgres::StatementPipeline> pipeline = postgres::StatementPipeline::begin(
      connection_,
      {.answered = [this](const Result<postgres::Rows>& answer) { return judge(answer); },
       .waiting = [this] { return waiting_(); }},
      stop);
  if (!pipeline) return fail(pipeline.error());
  pipeline_ = std::make_unique<postgres::StatementPipeline>(std::move(*pipeline));
  for (const auto& [name, sql] : {std::pair<const char*, std::string>{kMove, table.move(progress_.slot)},
                                  {kBegin, "BEGIN"},
                                  {kDefer, "SET CONSTRAINTS ALL DEFERRED"},
                                  {kCommit, "COMMIT"}}) {
    expected_.push_back({});
    if (Status prepared = pipeline_->prepare(name, sql); !prepared) return prepared;
  }
  if (Status ended = pipeline_->sync(); !ended) return ended;
  return pipeline_->await_answers();
}

Status StrictApplier::take(const changes::Message& message) {
  return std::visit(
      [this](const auto& said) -> Status {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<Said, changes::Begin>) {
          return begin(said);
        } else if constexpr (std::is_same_v<Said, changes::Commit>) {
          return end(said);
        } else if constexpr (std::is_same_v<Said, changes::Description>) {
          return describe(*said.relation);
        } else if constexpr (requires { apply(said); }) {
          return skipping_ ? Status() : apply(said);
        } else {
          return {};  // where a transaction came from, and types' names, say nothing of rows
        }
      },
      message);
}

Status StrictApplier::begin(const changes::Begin& begin) {
  source_transaction_ = begin;
  skipping_ = begin.commit_lsn < taken_;
  return {};
}

Status StrictApplier::end(const changes::Commit& commit) {
  source_transaction_.reset();
  if (skipping_ != (commit.end_lsn <= taken_)) {
    return fail(
        ErrorCode::server_error,
        fmt::format("the source streams a transaction that was committed from {} to {}, and one that ended "
                    "at {}: its positions overlap",
                    lsn_text(commit.commit_lsn), lsn_text(commit.end_lsn), lsn_text(taken_)));
  }
  if (std::exchange(skipping_, false)) return {};
  taken_ = commit.end_lsn;
  if (!target_transaction_ || ++gathered_ < options_.transactions) return {};
  return this->commit();
}

Status StrictApplier::pass(Lsn position) {
  taken_ = std::max(taken_, position);
  return settle();
}

Status StrictApplier::settle() {
  if (source_transaction_) return pipeline_->read_answers();
  const auto now = steady_clock::now();
  const bool idles =
      !target_transaction_ && taken_ > committing_ && now - committed_ >= options_.idle_interval;
  if (target_transaction_ || idles) {
    if (Status committed = commit(); !committed) return committed;
  }
  if (durable_ < committing_ && now - asked_ >= options_.durability_interval) {
    if (Status asked = ask_what_is_durable(); !asked) return asked;
    if (Status ended = pipeline_->sync(); !ended) return ended;
    return pipeline_->await_answers();
  }
  return pipeline_->read_answers();
}

Status StrictApplier::describe(const Relation& relation) {
  const auto known = tables_.find(relation.oid);
  if (known != tables_.end() && known->second.relation == relation) return {};
  // Answers that are still to come refer to what is known of the table.
  if (Status answered = pipeline_->await_answers(); !answered) return answered;
  tables_.insert_or_assign(relation.oid, Table{.relation = relation, .statements = {}, .prepared = {}});
  return {};
}

Result<StrictApplier::Table*> StrictApplier::table(const Relation& relation) {
  const auto known = tables_.find(relation.oid);
  if (known == tables_.end()) return fail(ErrorCode::internal, shown(relation) + " was not described");
  Table& table = known->second;
  if (table.statements) return &table;
  Result<TargetTable> target = read_target_table(*pipeline_, relation);
  if (!target) return fail(target.error());
  Result<TableStatements> statements = TableStatements::match(relation, std::move(*target));
  if (!statements) return fail(statements.error());
  table.statements.emplace(std::move(*statements));
  return &table;
}

Status StrictApplier::apply(const changes::Insert& insert) {
  const Result<Table*> of = table(*insert.relation);
  if (!of) return fail(of.error());
  Table& table = **of;
  for (const Value& value : insert.row) {
    if (value.kind != Value::Kind::unchanged) continue;
    return fail(ErrorCode::server_error, "an INSERT into " + shown(table.relation) + " leaves a value out");
  }
  const auto known = table.prepared.find(std::string_view("I"));
  const Result<const Prepared*> prepared =
      known != table.prepared.end() ? &known->second : prepare(table, "I", table.statements->insert());
  if (!prepared) return fail(prepared.error());
  return execute("INSERT into", table, **prepared, {}, insert.row);
}

Status StrictApplier::apply(const changes::Update& update) {
  const Result<Table*> of = table(*update.relation);
  if (!of) return fail(of.error());
  Table& table = **of;
  const std::string shape = follow::shape('U', update.old_kind, update.old, update.row);
  const auto known = table.prepared.find(shape);
  if (known != table.prepared.end()) {
    return execute("UPDATE of", table, known->second, update.old, update.row);
  }
  Result<Statement> statement = table.statements->update(update);
  if (!statement) return fail(statement.error());
  const Result<const Prepared*> prepared = prepare(table, shape, std::move(*statement));
  if (!prepared) return fail(prepared.error());
  return execute("UPDATE of", table, **prepared, update.old, update.row);
}

Status StrictApplier::apply(const changes::Delete& removed) {
  const Result<Table*> of = table(*removed.relation);
  if (!of) return fail(of.error());
  Table& table = **of;
  const std::string shape = follow::shape('D', removed.old_kind, removed.old, {});
  const auto known = table.prepared.find(shape);
  if (known != table.prepared.end()) return execute("DELETE from", table, known->second, removed.old, {});
  Result<Statement> statement = table.statements->remove(removed);
  if (!statement) return fail(statement.error());
  const Result<const Prepared*> prepared = prepare(table, shape, std::move(*statement));
  if (!prepared) return fail(prepared.error());
  return execute("DELETE from", table, **prepared, removed.old, {});
}

/// Leaves CASCADE out: the source has named all tables that it emptied, and the target is to empty no others.
Status StrictApplier::apply(const changes::Truncate& truncate) {
  std::string names;
  const Table* first = nullptr;
  for (const Relation* relation : truncate.relations) {
    const Result<Table*> of = table(*relation);
    if (!of) return fail(of.error());
    names += (names.empty() ? "" : ", ") + (*of)->statements->to_truncate();
    if (first == nullptr) first = *of;
  }
  if (names.empty()) return {};
  if (Status opened = open_transaction(); !opened) return opened;
  Expected expected;
  expected.verb = "TRUNCATE of";
  expected.table = first;
  expected.xid = source_transaction_->xid;
  expected_.push_back(std::move(expected));
  return pipeline_->run("TRUNCATE TABLE " + names + (truncate.restart_identity ? " RESTART IDENTITY" : ""));
}

Result<const StrictApplier::Prepared*> StrictApplier::prepare(Table& table, std::string shape,
                                                              Statement statement) {
  const std::string name = fmt::format("s{}", ++prepared_);
  Expected expected;
  expected.verb = "a change of";
  expected.table = &table;
  expected_.push_back(std::move(expected));
  if (const Status sent = pipeline_->prepare(name, statement.sql); !sent) return fail(sent.error());
  Prepared& prepared = table.prepared[std::move(shape)];
  prepared = {.name = name, .statement = std::move(statement)};
  return &prepared;
}

Status StrictApplier::execute(const char* verb, const Table& table, const Prepared& prepared, Row old,
                              Row row) {
  if (Status opened = open_transaction(); !opened) return opened;
  texts_.clear();
  places_.clear();
  constexpr std::size_t kNull = std::string::npos;
  for (const Statement::Parameter& parameter : prepared.statement.parameters) {
    const Value& value = (parameter.old ? old : row)[parameter.column];
    if (value.kind == Value::Kind::unchanged) {
      return fail(ErrorCode::server_error,
                  fmt::format("the source streams {} {} without its key: it is stored out of line, and this "
                              "release of PostgreSQL leaves it out of its WAL",
                              verb, shown(table.relation)),
                  "update the source to its latest minor release");
    }
    if (value.kind == Value::Kind::null) {
      places_.push_back(kNull);
      continue;
    }
    places_.push_back(texts_.size());
    texts_.append(value.text).push_back('\0');
  }
  values_.clear();
  for (const std::size_t place : places_) values_.push_back(place == kNull ? nullptr : texts_.data() + place);
  Expected expected;
  expected.kind = Expected::Kind::row;
  expected.verb = verb;
  expected.table = &table;
  expected.xid = source_transaction_->xid;
  expected.key = key_text(table.relation, old.empty() ? row : old);
  expected_.push_back(std::move(expected));
  return pipeline_->execute(prepared.name, values_);
}

Status StrictApplier::open_transaction() {
  if (std::exchange(target_transaction_, true)) return {};
  for (const char* statement : {kBegin, kDefer}) {
    expected_.push_back({});
    if (Status sent = pipeline_->execute(statement, {}); !sent) return sent;
  }
  return {};
}

Status StrictApplier::commit() {
  if (Status opened = open_transaction(); !opened) return opened;
  expected_.push_back({.kind = Expected::Kind::progress});
  const std::string to = lsn_text(taken_);
  const std::string from = lsn_text(committing_);
  const char* const values[] = {to.c_str(), from.c_str()};
  if (Status moved = pipeline_->execute(kMove, values); !moved) return moved;
  if (Status judged = pipeline_->await_answers(); !judged) return judged;  // before anything is for good
  expected_.push_back({.kind = Expected::Kind::commit, .position = taken_});
  if (Status sent = pipeline_->execute(kCommit, {}); !sent) return sent;
  target_transaction_ = false;
  gathered_ = 0;
  committing_ = taken_;
  committed_ = steady_clock::now();
  if (committed_ - asked_ >= options_.durability_interval) {
    if (Status asked = ask_what_is_durable(); !asked) return asked;
  }
  return pipeline_->sync();
}

Status StrictApplier::ask_what_is_durable() {
  asked_ = steady_clock::now();
  expected_.push_back({.kind = Expected::Kind::durability});
  return pipeline_->run(
      "SELECT pg_catalog.pg_current_wal_insert_lsn(), pg_catalog.pg_current_wal_flush_lsn()");
}

std::string StrictApplier::describe(const Expected& expected) const {
  if (expected.table == nullptr) return "the source's changes up to " + lsn_text(taken_);
  const Relation& relation = expected.table->relation;
  std::string what = std::string(expected.verb) + " " + shown(relation);
  if (!expected.key.empty()) what += ", " + key_names(relation) + " = " + expected.key;
  if (expected.xid != 0) what += fmt::format(", of the source's transaction {}", expected.xid);
  return what;
}

Status StrictApplier::judge(const Result<postgres::Rows>& answer) {
  if (expected_.empty()) return fail(ErrorCode::internal, "the target answers what it was not asked");
  const Expected expected = std::move(expected_.front());
  expected_.pop_front();
  const std::string what = describe(expected);
  if (!answer) {
    Error error = answer.error().during("cannot apply " + what).value();
    if (expected.table != nullptr) error.object = shown(expected.table->relation);
    return fail(std::move(error));
  }
  switch (expected.kind) {
    case Expected::Kind::command:
      return {};
    case Expected::Kind::row:
      if (answer->affected() == 1) return {};
      return fail(
          Error{.code = ErrorCode::mismatch,
                .message = fmt::format("{}: the target has {} such rows, not 1", what, answer->affected()),
                .sqlstate = {},
                .hint = "somebody else wrote to the target: find out who, and copy again",
                .object = shown(expected.table->relation)});
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

Status StrictApplier::judge_durability(const postgres::Rows& rows) {
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

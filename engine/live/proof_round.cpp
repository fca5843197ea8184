#include "live/proof_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "base/guard.h"
#include "catalog/read_catalog.h"
#include "compare/name_rows.h"
#include "live/session.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "rows/key_condition.h"
#include "rows/range_sql.h"
#include "tasks/crew_options.h"
#include "verify/digest_of_copy.h"

namespace pghaul::live {
namespace {

using postgres::Side;

constexpr std::size_t kKeysAtOnce = 10'000;
constexpr std::int64_t kMostWholeBytes = std::int64_t{1} << 30;  // of a table, and of all in one round
constexpr std::size_t kMostDiffering = 50;                       // batches whose rows are named

/// Limits waits for locks: whoever comes later waits behind them.
constexpr const char* kLimits = "SET lock_timeout = '2s'";
/// Rows are found by their keys, whatever the statistics say.
constexpr const char* kPlans =
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off";

std::string quoted(const catalog::Relation& relation) {
  return postgres::quote(relation.name.schema, relation.name.name);
}

}  // namespace

Result<RoundOutcome> ProofRound::run() {
  if (Status there = ensure_session(source_, source_end_, Side::source, context_.stop); !there)
    return fail(there.error());
  if (const Status read = read_clock(); !read) return fail(read.error());
  std::optional<BarrierServer::Held> barrier;
  if (Result<BarrierServer::Held> held = barriers_.hold(context_.stop)) {
    barrier.emplace(std::move(*held));
  } else {
    return fail(held.error());
  }
  states_ = {postgres::Snapshot(barrier->snapshots().source),
             postgres::Snapshot(barrier->snapshots().target)};
  due_ = keys_.take_due();
  const Status compared =
      due_.empty() ? Status() : guarded("comparing changed rows", [&] { return compare_all(); });
  barrier.reset();
  for (auto& [table, keys] : due_) keys_.add_due(table, std::move(keys));
  if (!compared) return fail(compared.error());
  return std::move(outcome_);
}

/// Reads the source's clock: what it has committed by then is on the target at the barrier.
Status ProofRound::read_clock() {
  const Result<postgres::Rows> clock = source_->query(
      "SELECT pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC',"
      " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  if (!clock) return fail(clock.error());
  outcome_.until = clock->string(0, 0);
  return {};
}

Status ProofRound::compare_all() {
  if (Status there = ensure_session(target_, target_end_, Side::target, context_.stop); !there) return there;
  const postgres::CancelOnStop cancel_source(context_.stop, *source_);
  const postgres::CancelOnStop cancel_target(context_.stop, *target_);
  if (Status read = read_catalogs(); !read) return read;
  Status planned = source_->execute(kPlans);
  if (planned) planned = target_->execute(kPlans);
  if (!planned) return planned;
  follow::RoundOrder order = follow::order_round(due_tables(), waiting_, kMostWholeBytes);
  for (const std::uint32_t table : order.too_large) {
    outcome_.not_compared.push_back({shown(relations_.at(table)->name),
                                     "which of its rows have changed is not known, and it is too large to be "
                                     "compared as a whole while it "
                                     "is followed"});
  }
  for (const std::uint32_t table : order.compared) {
    Status compared = compare_table(table, due_.at(table));
    if (!compared && compared.error().sqlstate == postgres::kLockNotAvailable) {
      outcome_.postponed = true;
      continue;
    }
    if (!compared) return compared;
  }
  outcome_.postponed = outcome_.postponed || !order.waiting.empty();
  outcome_.waiting = std::move(order.waiting);
  return name_differences();
}

std::vector<follow::DueTable> ProofRound::due_tables() const {
  std::vector<follow::DueTable> tables;
  for (const auto& [oid, keys] : due_) {
    const auto known = relations_.find(oid);
    if (known == relations_.end()) {  // dropped since
      tables.push_back({.table = oid});
      continue;
    }
    const catalog::Relation& relation = *known->second;
    const bool whole = keys.whole() || !rows::can_find_by(relation, keys.columns());
    tables.push_back({.table = oid, .whole = whole, .bytes = relation.heap_bytes + relation.toast_bytes});
  }
  return tables;
}

Status ProofRound::read_catalogs() {
  Status limited = source_->execute(kLimits);
  if (limited) limited = target_->execute(kLimits);
  if (!limited) return limited;
  Result<catalog::Server> target = catalog::read_server(*target_);
  if (!target) return target.error().during("looking at the target");
  target_server_ = std::move(*target);
  const Result<postgres::Transaction> of_source = states_.source.begin_first(*source_);
  if (!of_source) return fail(of_source.error());
  const Result<postgres::Transaction> of_target = states_.target.begin_first(*target_);
  if (!of_target) return fail(of_target.error());
  Result<catalog::Catalog> catalog =
      catalog::read_catalog(*source_, [&](catalog::Oid oid) { return due_.contains(oid); });
  if (!catalog) return catalog.error().during("reading the source's catalogs");
  catalog_ = std::move(*catalog);
  for (const catalog::Relation& relation : catalog_.relations) relations_[relation.oid] = &relation;
  Result<rows::UniqueKeys> here = catalog::read_keys(*source_);
  if (!here) return fail(here.error());
  source_keys_ = std::move(*here);
  Result<rows::UniqueKeys> there = catalog::read_keys(*target_);
  if (!there) return fail(there.error());
  target_keys_ = std::move(*there);
  formats_ = std::make_unique<plan::FormatChooser>(catalog_, &target_server_);
  return {};
}

/// Takes a table that turns out equal from those that are due.
Status ProofRound::compare_table(std::uint32_t table, const follow::TableKeys& keys) {
  const auto relation = relations_.find(table);
  if (relation == relations_.end()) {  // dropped since
    outcome_.equal.push_back(table);
    due_.erase(table);
    return {};
  }
  bool equal = true;
  if (Status compared = compare_in_transactions(*relation->second, keys, equal); !compared) return compared;
  if (!equal) return {};
  ++outcome_.tables;
  outcome_.keys += keys.size();
  outcome_.equal.push_back(table);
  due_.erase(table);
  return {};
}

/// `equal`: set to false where the rows differ, or were not compared.
Status ProofRound::compare_in_transactions(const catalog::Relation& relation, const follow::TableKeys& keys,
                                           bool& equal) {
  const auto leave_out = [&](std::string reason) -> Status {
    equal = false;
    outcome_.not_compared.push_back({shown(relation.name), std::move(reason)});
    return {};
  };
  if (!relation.readable) return leave_out(relation.unreadable_reason);
  if (formats_->choose(relation).only_counted)
    return leave_out("the two servers write its values differently");
  const bool whole = keys.whole() || !rows::can_find_by(relation, keys.columns());
  const Result<postgres::Transaction> of_source = states_.source.begin(*source_);
  if (!of_source) return fail(of_source.error());
  const Result<postgres::Transaction> of_target = states_.target.begin(*target_);
  if (!of_target) return fail(of_target.error());
  const Result<bool> readable = can_be_read(relation);
  if (!readable) return fail(readable.error());
  if (!*readable) {
    equal = false;
    outcome_.postponed = true;
    return {};
  }
  if (whole) return compare_rows(relation, {}, equal);
  return keys.for_each_batch(kKeysAtOnce, [&](const std::vector<std::vector<std::string_view>>& batch) {
    return compare_rows(relation, rows::key_condition(relation, keys.columns(), batch), equal);
  });
}

/// Tells whether the snapshots show the table on both sides: after a TRUNCATE, or when it was rewritten, they
/// don't.
Result<bool> ProofRound::can_be_read(const catalog::Relation& relation) {
  for (postgres::Connection* const server : {&*source_, &*target_}) {
    const Status locked = server->execute("LOCK TABLE ONLY " + quoted(relation) + " IN ACCESS SHARE MODE");
    if (!locked) return locked.error().during("locking " + shown(relation.name));
    const Result<postgres::Rows> same = server->query(
        "SELECT relkind = 'r' AND relfilenode = pg_catalog.pg_relation_filenode(oid) FROM"
        " pg_catalog.pg_class WHERE oid = " +
        postgres::quote_literal(quoted(relation)) + "::pg_catalog.regclass");
    if (!same) return same.error().during("looking at " + shown(relation.name));
    if (same->size() == 0 || same->is_null(0, 0) || !same->boolean(0, 0)) return false;
  }
  return true;
}

Status ProofRound::compare_rows(const catalog::Relation& relation, const std::string& condition,
                                bool& equal) {
  catalog::Relation narrowed = relation;
  narrowed.condition = condition;
  const plan::Format format = formats_->choose(relation);
  compare::DifferentTable table{.object = shown(relation.name)};
  table.table.key = rows::choose_key(relation, source_keys_, target_keys_,
                                     catalog_.server.encoding == target_server_.encoding);
  table.table.format = format.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  table.table.floats = format.floats;
  const auto digest = [&](postgres::Connection& server, pipeline::Chunk& buffer) {
    return verify::digest_of_copy(
        buffer, server,
        {.sql = rows::copy_ranges_sql(narrowed, table.table.key, {}, table.table.format, false),
         .format = table.table.format,
         .floats = table.table.floats,
         .what = "changed rows of " + shown(relation.name)});
  };
  std::future<Result<verify::Digest>> there = std::async(std::launch::async, [&] {
    return guarded("reading rows", [&] { return digest(*target_, target_buffer_); });
  });
  const Result<verify::Digest> here = digest(*source_, source_buffer_);
  const Result<verify::Digest> of_target = there.get();
  if (!here) return fail(here.error());
  if (!of_target) return fail(of_target.error());
  if (*here == *of_target) return {};
  equal = false;
  if (differing_.size() == kMostDiffering) return {};
  narrowed_.push_back(std::move(narrowed));
  const auto place = static_cast<catalog::Place>(&relation - catalog_.relations.data());
  table.table.parts.push_back({place, &narrowed_.back(), narrowed_.back()});
  table.whole.source = *here;
  table.whole.target = *of_target;
  differing_.push_back(std::move(table));
  return {};
}

/// Puts the rows of a table's batches together.
Status ProofRound::name_differences() {
  if (differing_.empty()) return {};
  const Result<postgres::ConnectionString> source = source_end_.connection_string();
  if (!source) return fail(source.error());
  const Result<postgres::ConnectionString> target = target_end_.connection_string();
  if (!target) return fail(target.error());
  const crew::Worker::Endpoints ends{*source, *target, catalog_.server.encoding, context_.stop};
  Result<compare::RowsFile> file = compare::RowsFile::create({});
  if (!file) return fail(file.error());
  report_.verification.emplace();
  const Status named =
      compare::name_rows(context_, differing_, states_, tasks::crew_options(context_, 1, ends), *file);
  if (!named) return named;
  for (measure::DifferentRows& rows : report_.verification->different_rows) {
    const auto known = std::ranges::find(outcome_.different, rows.object, &measure::DifferentRows::object);
    if (known == outcome_.different.end()) {
      outcome_.different.push_back(std::move(rows));
      continue;
    }
    known->missing += rows.missing;
    known->extra += rows.extra;
    known->changed += rows.changed;
    std::ranges::move(rows.rows, std::back_inserter(known->rows));
    if (known->unnamed.empty()) known->unnamed = std::move(rows.unnamed);
  }
  return {};
}

}  // namespace pghaul::live

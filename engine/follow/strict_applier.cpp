#include "follow/strict_applier.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "changes/visit.h"
#include "follow/large_change.h"

namespace pghaul::follow {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Emitted;
using changes::Insert;
using changes::OneOf;
using changes::Origin;
using changes::Truncate;
using changes::Type;
using changes::Update;
using std::chrono::steady_clock;

StrictApplier::StrictApplier(std::unique_ptr<TargetSession> session, Options options)
    : session_(std::move(session)),
      options_(options),
      writer_(*session_, tables_),
      taken_(session_->progress().position) {
  session_->set_durability_interval(options_.durability_interval);
}

Result<std::unique_ptr<StrictApplier>> StrictApplier::open(const postgres::ConnectionString& target,
                                                           const std::string& encoding,
                                                           const ProgressTable& table,
                                                           const std::string& slot, Options options,
                                                           const std::stop_token& stop) {
  Result<std::unique_ptr<TargetSession>> session = TargetSession::open(target, encoding, table, slot, stop);
  if (!session) return fail(session.error());
  return std::unique_ptr<StrictApplier>(new StrictApplier(std::move(*session), options));
}

Status StrictApplier::take(const changes::Message& message) {
  return changes::visit(
      message, [this](const Begin& begin) { return this->begin(begin); },
      [this](const Commit& commit) { return end(commit); },
      [this](const Description& described) { return describe(*described.relation); },
      [this](const OneOf<Insert, Update, Delete, Truncate> auto& change) {
        return skipping_ ? Status() : gather(change);
      },
      [](const OneOf<Origin, Type, Emitted> auto&) { return Status(); });  // they say nothing of rows
}

Status StrictApplier::begin(const changes::Begin& begin) {
  source_transaction_ = begin;
  skipping_ = begin.commit_lsn < taken_;
  return {};
}

Status StrictApplier::end(const changes::Commit& commit) {
  const std::uint32_t xid = source_transaction_->xid;
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
  if (!gathered_->has_changes() && !unfinished_) return {};
  gathered_->add(xid, commit);
  const bool enough = unfinished_ || send_at_end_ || gathered_->transactions() >= options_.transactions ||
                      gathered_->bytes() >= options_.batch_bytes / 2;
  return enough ? send() : Status();
}

void StrictApplier::pass(Lsn position) {
  taken_ = std::max(taken_, position);
}

Status StrictApplier::mark(Lsn position) {
  taken_ = std::max(taken_, position);
  if (Status finished = finish_gathered(); !finished) return finished;
  if (taken_ > session_->position()) {
    if (Status moved = move_to_taken(); !moved) return moved;
    if (Status answered = session_->await_answers(); !answered) return answered;
  }
  return session_->update_durable({});
}

Result<bool> StrictApplier::settle() {
  if (!attempted_.empty()) {
    const Result<bool> answered = session_->has_answered();
    if (!answered) return answered;
    if (!*answered && steady_clock::now() - sent_at_ < options_.longest_overlap) return false;
    if (const Status finished = finish_sent(); !finished) return fail(finished.error());
  }
  if (gathered_->whole_entries() > 0) {
    // The rest of a transaction is mostly on its way: what is whole goes with it, rather than before it.
    if (source_transaction_ && !std::exchange(send_at_end_, true)) return false;
    if (const Status sent = send(); !sent) return fail(sent.error());
    return attempted_.empty();
  }
  const bool idles = gathered_->entries().empty() && !unfinished_ && taken_ > session_->position() &&
                     steady_clock::now() - session_->last_commit() >= options_.idle_interval;
  if (idles) {
    if (const Status moved = move_to_taken(); !moved) return fail(moved.error());
  }
  if (const Status asked = session_->update_durable(options_.durability_interval); !asked)
    return fail(asked.error());
  return true;
}

Status StrictApplier::finish_gathered() {
  if (Status finished = finish_sent(); !finished) return finished;
  if (gathered_->whole_entries() == 0) return {};
  if (Status sent = send(); !sent) return sent;
  return finish_sent();
}

Status StrictApplier::move_to_taken() {
  Status moved = session_->begin();
  if (moved) moved = session_->move(taken_);
  if (moved) moved = session_->commit();
  return moved;
}

/// Sends what was gathered before a table changes, as it refers to what was known of that. The first changes
/// of many tables go together: a batch for each would take far longer.
Status StrictApplier::describe(const changes::Relation& relation) {
  if (tables_.know(relation)) return {};
  if (tables_.has(relation.oid)) {
    if (Status sent = send(); !sent) return sent;
  }
  if (Status finished = finish_sent(); !finished) return finished;
  tables_.describe(relation, session_->pipeline());
  return {};
}

Status StrictApplier::fail_after_gathered(const Error& error) {
  if (Status finished = finish_gathered(); !finished) return finished;
  if (Status answered = session_->await_answers(); !answered) return answered;
  return fail(error);
}

template <typename Change>
Status StrictApplier::gather(const Change& change) {
  const Result<FollowedTable*> table = tables_.find(*change.relation);
  if (!table) return fail_after_gathered(table.error());
  if (is_large(change)) return apply_alone(change, (*table)->relation);
  gathered_->add(source_transaction_->xid, change, (*table)->relation);
  return gathered_->bytes() >= options_.batch_bytes ? send() : Status();
}

/// Waits until the target has taken it, as the change is good for no longer.
template <typename Change>
Status StrictApplier::apply_alone(Change change, const changes::Relation& relation) {
  Status done = send();
  if (done) done = finish_sent();
  if (!done) return done;
  change.relation = &relation;
  const Batch::Entry entry{source_transaction_->xid, change};
  done = send(Entries(&entry, 1));
  return done ? finish_sent() : done;
}

Status StrictApplier::gather(const changes::Truncate& truncate) {
  std::vector<const changes::Relation*> relations;
  for (const changes::Relation* relation : truncate.relations) {
    const Result<FollowedTable*> table = tables_.find(*relation);
    if (!table) return fail_after_gathered(table.error());
    relations.push_back(&(*table)->relation);
  }
  gathered_->add(source_transaction_->xid, truncate, relations);
  return {};
}

Status StrictApplier::send() {
  if (!attempted_.empty() && gathered_->whole_entries() == gathered_->entries().size())
    writer_.merge(gathered_->entries());  // meanwhile
  if (Status finished = finish_sent(); !finished) return finished;
  send_at_end_ = false;
  sent_->clear();
  std::swap(gathered_, sent_);
  const Entries all = sent_->entries();
  const Entries whole = all.first(sent_->whole_entries());
  const bool ends_within = whole.size() < all.size();
  if (!whole.empty() && ends_within) {
    // Otherwise the transactions before a large one would be undone with it where it does not fit.
    Status done = send(whole);
    if (done) done = finish_sent();
    if (!done) return done;
  }
  return send(ends_within ? all.subspan(whole.size()) : all);
}

Status StrictApplier::send(Entries entries) {
  if (entries.empty()) return {};
  unfinished_ = !std::holds_alternative<changes::Commit>(entries.back().what);
  if (!options_.batches) return replay(entries);
  if (Status begun = session_->start_attempt(); !begun) return begun;
  writer_.rows().start_attempt();
  attempted_ = entries;
  sent_at_ = steady_clock::now();
  Status written = writer_.write(entries);
  if (written && !unfinished_) written = session_->move(taken_);
  // A change that makes no statement is found again, and reported, when they are applied one by one.
  if (!written) session_->give_up();
  return session_->flush();
}

Status StrictApplier::finish_sent() {
  if (attempted_.empty()) return {};
  const Entries entries = std::exchange(attempted_, {});
  const Result<bool> good = session_->finish_attempt();
  if (!good) return fail(good.error());
  if (*good) return unfinished_ ? Status() : session_->commit();
  ++replays_;
  writer_.merge({});  // the table may have its changes applied one by one from now on
  writer_.rows().undo_attempt();
  if (FollowedTable* const table = session_->failed_table(); table != nullptr) ++table->false_conflicts;
  return replay(entries);
}

/// Commits each of its transactions, so that one which does not fit is the first that is missing.
Status StrictApplier::replay(Entries entries) {
  for (const Batch::Entry& entry : entries) {
    if (Status begun = session_->begin(); !begun) return begun;
    Status done = std::visit(
        [&](const auto& what) -> Status {
          if constexpr (std::is_same_v<std::decay_t<decltype(what)>, changes::Commit>) {
            Status ended = writer_.rows().end(entry.xid);
            if (ended) ended = session_->move(what.end_lsn);
            return ended ? session_->commit() : ended;
          } else {
            return writer_.rows().apply(entry.xid, what);
          }
        },
        entry.what);
    if (!done) return done;
  }
  return session_->await_answers();
}

}  // namespace pghaul::follow

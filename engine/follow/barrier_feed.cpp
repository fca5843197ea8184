#include "follow/barrier_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "base/wait_for.h"
#include "changes/visit.h"

namespace pghaul::follow {
namespace {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Emitted;
using changes::Insert;
using changes::OneOf;
using changes::Origin;
using changes::Relation;
using changes::Truncate;
using changes::Type;
using changes::Update;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostHeld = 64 << 20;  // bytes
constexpr std::size_t kPruneFrom = 1024;     // transactions that passed
constexpr milliseconds kPause{20};           // between two attempts
constexpr std::chrono::seconds kLongest{60};
constexpr milliseconds kMarkerPause{10};

/// Returns the table that the message changes; nullptr: it changes none.
const changes::Relation* changed(const changes::Message& message) {
  return changes::visit(
      message, [](const OneOf<Insert, Update, Delete> auto& change) { return change.relation; },
      [](const Truncate& truncate) {
        return truncate.relations.empty() ? nullptr : truncate.relations.front();
      },
      [](const OneOf<Begin, Commit, Description, Origin, Type, Emitted> auto&) -> const Relation* {
        return nullptr;
      });
}

}  // namespace

Result<Item> BarrierFeed::next(milliseconds wait, const std::stop_token& stop) {
  for (;;) {
    if (state_ == State::releasing) {
      if (!held_.empty()) {
        changes::Message message = held_.take();
        note(message);
        return message;
      }
      held_.clear();
      state_ = State::idle;
    }
    if (state_ == State::at_marker) return wait_at_marker(stop);
    if (may_begin()) begin_attempt();
    Result<Item> item = feed_.next(wait, stop);
    if (!item) return item;
    if (std::holds_alternative<Idle>(*item) && state_ == State::holding) return Nothing{};
    const auto* message = std::get_if<changes::Message>(&*item);
    if (message == nullptr || let_through(*message)) {
      if (message != nullptr) note(*message);
      return item;
    }
  }
}

void BarrierFeed::confirm(Lsn durable) {
  durable_ = durable;
  feed_.confirm(durable);
}

bool BarrierFeed::may_begin() {
  if (!requested_.load()) attempts_ = 0;
  return state_ == State::idle && !in_transaction_ && requested_.load() &&
         steady_clock::now() >= next_attempt_;
}

void BarrierFeed::begin_attempt() {
  held_.clear();
  if (++attempts_ == 1) first_attempt_ = steady_clock::now();
  const Result<std::string> text = hooks_.take_snapshot();
  if (!text) return fail_for_good(text.error());
  snapshot_ = VisibleTransactions::parse(*text);
  if (!snapshot_) {
    return fail_for_good(
        Error{.code = ErrorCode::server_error, .message = "the source describes its snapshot as " + *text});
  }
  if (!saw_all_that_passed(*snapshot_)) return try_again();
  state_ = State::passing;
  marker_ = fmt::format("{} {}", *text, attempts_);
  if (const Status written = hooks_.write_marker(marker_); !written) fail_for_good(written.error());
}

/// Gives what was held, and goes on.
void BarrierFeed::end_attempt() {
  state_ = State::releasing;
}

void BarrierFeed::try_again() {
  end_attempt();
  next_attempt_ = steady_clock::now() + kPause;
  if (next_attempt_ - first_attempt_ < kLongest) return;
  fail_for_good(Error{.code = ErrorCode::refused,
                      .message = "no moment was found at which both sides are at the same state",
                      .sqlstate = {},
                      .hint = "try again when no transaction of the source is old or waits for a standby",
                      .object = {}});
}

void BarrierFeed::fail_for_good(const Error& error) {
  end_attempt();
  requested_ = false;
  attempts_ = 0;
  hooks_.failed(error);
}

/// Those that were applied before following began this time must be visible, too: all that ran then have
/// ended.
bool BarrierFeed::saw_all_that_passed(const VisibleTransactions& snapshot) {
  const std::optional<VisibleTransactions> first = visibility_.first();
  if (!first || snapshot.first_running() < first->end()) return false;
  std::erase_if(passed_, [&](std::uint32_t xid) { return snapshot.sees(xid); });
  return passed_.empty();
}

/// Has the applier commit what it was given, and waits until that is safe.
Result<Item> BarrierFeed::wait_at_marker(const std::stop_token& stop) {
  if (durable_ < last_passed_) {
    [[maybe_unused]] const bool waited = wait_for(kMarkerPause, stop);
    return Nothing{};
  }
  requested_ = false;  // before somebody hears of it, and asks for another one
  if (const Status reached = hooks_.reached(); !reached) {
    fail_for_good(reached.error());
    return Nothing{};
  }
  attempts_ = 0;
  end_attempt();
  return Nothing{};
}

bool BarrierFeed::let_through(const changes::Message& message) {
  const auto* begin = std::get_if<changes::Begin>(&message);
  if (state_ == State::passing) {
    if (begin == nullptr || snapshot_->sees(begin->xid)) return true;
    state_ = State::holding;
    held_.add(message);
    return false;
  }
  if (state_ != State::holding) return true;
  held_.add(message);
  if (begin != nullptr && snapshot_->sees(begin->xid)) {
    try_again();  // it would have to be applied before those that are held
  } else if (is_marker(message)) {
    state_ = State::at_marker;
  } else if (held_.bytes() > kMostHeld) {
    try_again();
  }
  return false;
}

/// Notes what is let through.
void BarrierFeed::note(const changes::Message& message) {
  if (const auto* begin = std::get_if<changes::Begin>(&message)) {
    in_transaction_ = true;
    has_changes_ = false;
    passed_.insert(begin->xid);
    if (passed_.size() < kPruneFrom) return;
    const std::optional<VisibleTransactions> last = visibility_.last();
    if (last) std::erase_if(passed_, [&](std::uint32_t xid) { return last->sees(xid); });
  } else if (const auto* commit = std::get_if<changes::Commit>(&message)) {
    in_transaction_ = false;
    if (has_changes_) last_passed_ = commit->end_lsn;
  } else if (const changes::Relation* relation = changed(message)) {
    has_changes_ = has_changes_ || relation->schema != own_schema_;
  }
}

bool BarrierFeed::is_marker(const changes::Message& message) const {
  const auto* update = std::get_if<changes::Update>(&message);
  if (update == nullptr || update->relation->schema != own_schema_) return false;
  return std::ranges::any_of(update->row, [&](const changes::Value& value) { return value.text == marker_; });
}

}  // namespace pghaul::follow

#include "follow/selected_feed.h"

#include <utility>
#include <variant>

#include "changes/visit.h"

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

Result<Item> SelectedFeed::next(std::chrono::milliseconds wait, const std::stop_token& stop) {
  if (mark_) return *std::exchange(mark_, {});
  for (;;) {
    Result<Item> item = feed_.next(wait, stop);
    if (!item) return item;
    if (const auto* idle = std::get_if<Idle>(&*item)) meter_.received = idle->position.value;
    auto* message = std::get_if<changes::Message>(&*item);
    if (message == nullptr || select(*message)) return item;
  }
}

void SelectedFeed::confirm(Lsn durable) {
  meter_.durable = durable.value;
  while (!pending_.empty() && pending_.front().end <= durable) pending_.pop_front();
  show_pending();
  feed_.confirm(durable);
}

bool SelectedFeed::select(changes::Message& message) {
  return changes::visit(
      message, [this](const OneOf<Begin, Commit> auto& bound) { return select(bound); },
      [this](const Description& described) { return !is_own(*described.relation); },
      [this](const Update& update) {
        marked_ = marked_ || is_own(*update.relation);
        return select_change_of(*update.relation);
      },
      [this](const OneOf<Insert, Delete> auto& change) { return select_change_of(*change.relation); },
      [this](Truncate& truncate) { return select(truncate); },
      [](const OneOf<Origin, Type, Emitted> auto&) { return true; });
}

bool SelectedFeed::select(const Begin& begin) {
  starts_.begin(begin.xid, begin.commit_lsn);
  marked_ = false;
  return true;
}

bool SelectedFeed::select(const Commit& commit) {
  meter_.transactions.fetch_add(1, std::memory_order_relaxed);
  meter_.received = commit.end_lsn.value;
  if (marked_) mark_ = Mark{commit.end_lsn};
  pending_.push_back({commit.end_lsn, commit.committed_at});
  show_pending();
  return true;
}

bool SelectedFeed::select_change_of(const changes::Relation& relation) {
  if (!is_new(relation)) return false;
  meter_.changes.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool SelectedFeed::select(Truncate& truncate) {
  truncated_.clear();
  for (const changes::Relation* relation : truncate.relations) {
    if (is_new(*relation)) truncated_.push_back(relation);
  }
  truncate.relations = truncated_;
  if (truncated_.empty()) return false;
  meter_.changes.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void SelectedFeed::show_pending() {
  meter_.pending = pending_.size();
  meter_.oldest_pending = pending_.empty() ? 0 : pending_.front().committed_at;
}

}  // namespace pghaul::follow

#include "follow/selected_feed.h"

#include <type_traits>
#include <utility>
#include <variant>

namespace pghaul::follow {

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
  return std::visit(
      [this](auto& said) {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<Said, changes::Begin> || std::is_same_v<Said, changes::Commit> ||
                      std::is_same_v<Said, changes::Truncate>) {
          return select(said);
        } else if constexpr (std::is_same_v<Said, changes::Description>) {
          return !is_own(*said.relation);
        } else if constexpr (requires { said.relation; }) {
          if constexpr (std::is_same_v<Said, changes::Update>) marked_ = marked_ || is_own(*said.relation);
          if (!is_new(*said.relation)) return false;
          meter_.changes.fetch_add(1, std::memory_order_relaxed);
          return true;
        } else {
          return true;
        }
      },
      message);
}

bool SelectedFeed::select(const changes::Begin& begin) {
  starts_.begin(begin.xid, begin.commit_lsn);
  marked_ = false;
  return true;
}

bool SelectedFeed::select(const changes::Commit& commit) {
  meter_.transactions.fetch_add(1, std::memory_order_relaxed);
  meter_.received = commit.end_lsn.value;
  if (marked_) mark_ = Mark{commit.end_lsn};
  pending_.push_back({commit.end_lsn, commit.committed_at});
  show_pending();
  return true;
}

bool SelectedFeed::select(changes::Truncate& truncate) {
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

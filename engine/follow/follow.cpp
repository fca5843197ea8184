#include "follow/follow.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace pghaul::follow {
namespace {

using std::chrono::milliseconds;

using std::chrono::steady_clock;

constexpr milliseconds kIdlePause{100};
constexpr milliseconds kBusyPause{5};  // while the target works at what it was given
constexpr milliseconds kGatherWait{5};
constexpr milliseconds kGatherAtMost{20};
constexpr std::chrono::microseconds kNap{200};

/// Decides, where nothing more is there, whether more is waited for before what has come is committed. A
/// socket holds no more than a few hundred small messages: a busy source fills it again in no time, and large
/// batches and few wake-ups take less of all three processes than small ones.
class Gathering {
 public:
  void add() noexcept { has_new_ = true; }
  [[nodiscard]] bool waits_for_more() {
    const bool came = std::exchange(has_new_, false);
    const auto now = steady_clock::now();
    if (came && !since_) since_ = now;
    if (came && now - *since_ < kGatherAtMost) return true;
    since_.reset();
    return false;
  }

 private:
  bool has_new_ = false;  // since it was asked last
  std::optional<steady_clock::time_point> since_;
};

/// Returns for how long the feed's next item may be waited for.
Result<milliseconds> apply(Applier& applier, const Item& item) {
  if (const auto* message = std::get_if<changes::Message>(&item)) {
    if (const Status taken = applier.take(*message); !taken) return fail(taken.error());
    return milliseconds::zero();
  }
  if (const auto* mark = std::get_if<Mark>(&item)) {
    if (const Status marked = applier.mark(mark->position); !marked) return fail(marked.error());
    return kIdlePause;
  }
  if (const auto* idle = std::get_if<Idle>(&item)) applier.pass(idle->position);
  const Result<bool> settled = applier.settle();
  if (!settled) return fail(settled.error());
  return *settled ? kIdlePause : kBusyPause;
}

}  // namespace

Status follow(Feed& feed, Applier& applier, const std::stop_token& stop) {
  milliseconds wait{0};
  Lsn reported;
  Gathering gathering;
  while (!stop.stop_requested()) {
    const Result<Item> item = feed.next(wait, stop);
    if (!item) return fail(item.error());
    if (std::holds_alternative<changes::Message>(*item)) gathering.add();
    if (std::holds_alternative<Nothing>(*item) && gathering.waits_for_more()) {
      std::this_thread::sleep_for(kNap);  // lets messages come together
      wait = kGatherWait;
      continue;
    }
    const Result<milliseconds> applied = apply(applier, *item);
    if (!applied) {
      if (applied.error().code == ErrorCode::interrupted && stop.stop_requested()) return {};
      return fail(applied.error());
    }
    wait = *applied;
    if (applier.durable() <= reported) continue;
    reported = applier.durable();
    feed.confirm(reported);
  }
  return {};
}

}  // namespace pghaul::follow

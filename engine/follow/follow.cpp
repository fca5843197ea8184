#include "follow/follow.h"

#include <chrono>
#include <variant>

#include "base/wait_for.h"

namespace pghaul::follow {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIdlePause{100};
/// Lets messages come together: to wake up for each of them takes more of both machines than to apply it.
constexpr milliseconds kGatherPause{1};

Status apply(Applier& applier, const Item& item) {
  if (const auto* message = std::get_if<changes::Message>(&item)) return applier.take(*message);
  if (const auto* idle = std::get_if<Idle>(&item)) return applier.pass(idle->position);
  return applier.settle();
}

}  // namespace

Status follow(Feed& feed, Applier& applier, const std::stop_token& stop) {
  milliseconds wait{0};
  Lsn reported;
  while (!stop.stop_requested()) {
    const Result<Item> item = feed.next(wait, stop);
    if (!item) return fail(item.error());
    if (Status applied = apply(applier, *item); !applied) {
      if (applied.error().code == ErrorCode::interrupted && stop.stop_requested()) return {};
      return applied;
    }
    const bool has_more = std::holds_alternative<changes::Message>(*item);
    if (!has_more && !wait_for(kGatherPause, stop)) break;
    wait = has_more ? milliseconds::zero() : kIdlePause;
    if (applier.durable() <= reported) continue;
    reported = applier.durable();
    if (Status confirmed = feed.confirm(reported); !confirmed) return confirmed;
  }
  return {};
}

}  // namespace pghaul::follow

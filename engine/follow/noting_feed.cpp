#include "follow/noting_feed.h"

namespace pghaul::follow {

Result<Item> NotingFeed::next(std::chrono::milliseconds wait, const std::stop_token& stop) {
  Result<Item> item = feed_.next(wait, stop);
  if (!item) return item;
  const auto* message = std::get_if<changes::Message>(&*item);
  if (message == nullptr) return item;
  for (const std::uint32_t table : keys_.note(*message)) {
    if (const Status recorded = record_(table); !recorded) return fail(recorded.error());
    keys_.set_recorded(table);
  }
  return item;
}

}  // namespace pghaul::follow

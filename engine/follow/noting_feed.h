#pragma once

#include <functional>
#include <utility>

#include "follow/changed_keys.h"
#include "follow/feed.h"

namespace pghaul::follow {

/// Another feed, of whose changes it notes the keys before it gives them.
///
/// Threads  one at a time.
class NotingFeed : public Feed {
 public:
  /// Is called, before the first change of a table since the last cut is given, with its OID on the source:
  /// to record that the table is going to differ from what was compared.
  using Record = std::function<Status(std::uint32_t table)>;

  /// `feed` and `keys` outlive this.
  NotingFeed(Feed& feed, ChangedKeys& keys, Record record)
      : feed_(feed), keys_(keys), record_(std::move(record)) {}

  [[nodiscard]] Result<Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) override;
  void confirm(Lsn durable) override { feed_.confirm(durable); }

 private:
  Feed& feed_;
  ChangedKeys& keys_;
  Record record_;
};

}  // namespace pghaul::follow

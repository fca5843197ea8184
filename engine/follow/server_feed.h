#pragma once

#include <memory>
#include <string>
#include <vector>

#include "changes/decoder.h"
#include "follow/feed.h"
#include "follow/progress.h"
#include "follow/read_ahead.h"
#include "postgres/connection_string.h"

namespace pghaul::follow {

/// The feed that a server streams out of a replication slot, read ahead of next().
///
/// Errors  connection_lost, after which another feed goes on from the target's progress; server_error: the
///         stream can't be understood.
class ServerFeed : public Feed {
 public:
  /// Goes on from `progress`. Waits for an earlier reader of the slot to go, no longer than the source may be
  /// silent. Errors  refused: the slot, the source or the target is not what it was when the target came so
  /// far.
  [[nodiscard]] static Result<ServerFeed> open(const postgres::ConnectionString& source,
                                               const std::string& encoding, const Progress& progress,
                                               const std::vector<std::string>& publications,
                                               const std::stop_token& stop);

  [[nodiscard]] Result<Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) override;
  void confirm(Lsn durable) override { stream_->confirm(durable); }

 private:
  explicit ServerFeed(std::unique_ptr<ReadAhead> stream) : stream_(std::move(stream)) {}

  std::unique_ptr<ReadAhead> stream_;
  changes::Decoder decoder_;
};

}  // namespace pghaul::follow

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error.h"
#include "crew/worker.h"
#include "pipeline/chunk.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/snapshot.h"
#include "postgres/transaction.h"

namespace pghaul::tasks {

/// Holds a reading transaction on each server, begun when first asked for, to look closer at what differs.
///
/// Ownership  of its connections; none of the ends, which must outlive it.
/// Threads    one.
class BothServers {
 public:
  /// The source's state that was compared.
  struct Held {  // a state that still exists
    postgres::Snapshot snapshot;
  };
  struct Gone {         // one that is gone
    std::string state;  // catalog::read_state()
  };
  struct Archive {};  // no server's
  using Compared = std::variant<Held, Gone, Archive>;

  /// `target`: absent: the target as it is now.
  BothServers(const crew::Worker::Endpoints& ends, Compared source, std::optional<postgres::Snapshot> target)
      : ends_(&ends),
        compared_(std::move(source)),
        target_snapshot_(std::move(target)),
        buffers_{Chunk(kBuffer), Chunk(kBuffer)} {}

  [[nodiscard]] bool source_is_archive() const noexcept { return std::holds_alternative<Archive>(compared_); }
  [[nodiscard]] Result<postgres::Connection*> source();
  [[nodiscard]] Result<postgres::Connection*> target();
  /// Closes both, whatever they were in the middle of; the next query begins anew.
  void close() noexcept;
  /// Tells whether source() shows the rows that were compared: nothing was written there since. Once it is
  /// open.
  [[nodiscard]] bool source_unchanged() const noexcept { return source_unchanged_; }
  [[nodiscard]] pipeline::Chunk& buffer(postgres::Side side) noexcept {
    return buffers_[side == postgres::Side::source ? 0 : 1];
  }

 private:
  using Chunk = pipeline::Chunk;
  static constexpr std::size_t kBuffer = std::size_t{256} << 10;
  struct Server {
    std::optional<postgres::Connection> connection;
    std::optional<postgres::CancelOnStop> cancel_on_stop;
    std::optional<postgres::Transaction> reading;
  };
  [[nodiscard]] Status open(Server& server, const postgres::ConnectionString& where, postgres::Side side,
                            const postgres::Snapshot* snapshot);

  const crew::Worker::Endpoints* ends_;
  Compared compared_;
  std::optional<postgres::Snapshot> target_snapshot_;
  bool source_unchanged_ = true;
  Server source_;
  Server target_;
  Chunk buffers_[2];
};

}  // namespace pghaul::tasks

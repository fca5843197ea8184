#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "crew/worker.h"
#include "pipeline/chunk.h"
#include "postgres/connection.h"
#include "postgres/let_go.h"
#include "postgres/transaction.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// A reading transaction on each server, begun when first asked for, to look closer at what differs.
///
/// Ownership  of its connections; none of the run and the ends, which must outlive it.
/// Threads    one.
class BothServers {
 public:
  /// `source_state`: as of compare_computed().
  BothServers(const Run& run, const crew::Worker::Ends& ends, std::string source_state)
      : run_(&run),
        ends_(&ends),
        source_state_(std::move(source_state)),
        buffers_{Chunk(kBuffer), Chunk(kBuffer)} {}

  [[nodiscard]] Result<postgres::Connection*> source();
  [[nodiscard]] Result<postgres::Connection*> target();
  /// Leaves both, whatever they were in the middle of; the next question begins anew.
  void close() noexcept;
  /// Whether source() shows the rows that were compared: nothing was written there since. Once it is open.
  [[nodiscard]] bool source_unchanged() const noexcept { return source_unchanged_; }
  [[nodiscard]] pipeline::Chunk& buffer(postgres::Side side) noexcept {
    return buffers_[side == postgres::Side::source ? 0 : 1];
  }

 private:
  using Chunk = pipeline::Chunk;
  static constexpr std::size_t kBuffer = std::size_t{256} << 10;
  struct Server {
    std::optional<postgres::Connection> connection;
    std::optional<postgres::LetGo> let_go;
    std::optional<postgres::Transaction> reading;
  };
  [[nodiscard]] Status open(Server& server, const postgres::ConnectionString& where, postgres::Side side,
                            const postgres::Snapshot* snapshot);

  const Run* run_;
  const crew::Worker::Ends* ends_;
  std::string source_state_;
  bool source_unchanged_ = true;
  Server source_;
  Server target_;
  Chunk buffers_[2];
};

}  // namespace pghaul::tasks

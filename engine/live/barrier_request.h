#pragma once

#include <cstdint>
#include <utility>

#include "base/error.h"
#include "discovery/verb_context.h"
#include "live/barrier_server.h"

namespace pghaul::live {

/// A barrier that the pghaul which applies a live copy's changes has been asked for: two snapshots that show
/// the same state of both sides, kept by that pghaul for as long as this lives. "source" and "target" are the
/// verb's ends, whichever of them follows.
class BarrierRequest {
 public:
  /// Waits for it, a minute or two at most. Errors  refused: nobody follows at present, or the target is not
  /// that of a live copy.
  [[nodiscard]] static Result<BarrierRequest> ask(const discovery::VerbContext& context);
  ~BarrierRequest();
  BarrierRequest(BarrierRequest&&) = default;
  BarrierRequest& operator=(BarrierRequest&&) = delete;

  [[nodiscard]] const SnapshotPair& snapshots() const noexcept { return snapshots_; }
  /// Tells whether there was a switchover between the two: it has altered the definitions of sequences.
  [[nodiscard]] bool was_switched() const noexcept { return was_switched_; }

 private:
  BarrierRequest(postgres::Connection target, BarrierTable table, std::int64_t number, bool was_switched)
      : target_(std::make_unique<postgres::Connection>(std::move(target))),
        table_(std::move(table)),
        number_(number),
        was_switched_(was_switched) {}

  std::unique_ptr<postgres::Connection> target_;
  BarrierTable table_;
  std::int64_t number_;
  bool was_switched_;
  SnapshotPair snapshots_;
};

}  // namespace pghaul::live

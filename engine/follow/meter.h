#pragma once

#include <atomic>
#include <cstdint>

#include "changes/message.h"

namespace pghaul::follow {

/// Counts what a feed has given and what of it is safe on the target.
///
/// Threads  one counts, any may read.
struct Meter {
  std::atomic<std::uint64_t> transactions = 0;  // with changes or without
  std::atomic<std::uint64_t> changes = 0;       // of rows, and TRUNCATEs
  std::atomic<std::uint64_t> received = 0;      // Lsn: all that ended before has been given
  std::atomic<std::uint64_t> durable = 0;       // Lsn: all that ended before is safe on the target
  /// When the first transaction that is not safe on the target was committed; 0: all that was received is.
  std::atomic<changes::Timestamp> oldest_pending = 0;
  std::atomic<std::uint64_t> pending = 0;  // number of such transactions
};

}  // namespace pghaul::follow

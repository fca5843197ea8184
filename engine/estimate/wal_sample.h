#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::estimate {

/// The WAL that a source wrote during a few seconds.
struct WalSample {
  double seconds = 0;
  double wal_bytes = 0;                       // of the whole server
  double changes = 0;                         // of rows of the database
  std::optional<std::int64_t> keeps_at_most;  // max_slot_wal_keep_size, in bytes; nothing: no limit
};
/// Watches the source for about three seconds. Errors  interrupted.
[[nodiscard]] Result<WalSample> sample_wal(postgres::Connection& source, const std::stop_token& stop);

}  // namespace pghaul::estimate

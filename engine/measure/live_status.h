#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/lsn.h"

namespace pghaul::measure {

/// The outcome of rounds, which compare the rows that were changed since the copy.
struct LiveProof {
  std::string until;  // UTC: what was committed on the source before is on the target; empty: nothing yet
  std::optional<double> age_seconds;           // since that round
  std::vector<std::string> different = {};     // tables that the last round found to differ, with rows
  std::vector<std::string> not_compared = {};  // tables that rounds leave out, and why
};

/// Contents that a switchover would have to copy itself, as their changes are not followed.
struct LiveCarry {
  std::int64_t tables = 0;
  bool large_objects = false;
  std::int64_t bytes = 0;  // on disk, of all these

  /// Returns for how many seconds writers would wait for that if all of it were written to in the last
  /// moment.
  [[nodiscard]] double forecast_seconds() const;
};

/// Writes to the server that a switchover has closed, since the run began.
struct LiveLateWrites {
  std::uint64_t transactions = 0;
  std::string last;  // for people
};

/// How a live copy stands: as events, reports and `pghaul status` say it (docs/follow.md).
///
/// Units  seconds, bytes of WAL.
struct LiveStatus {
  std::string state;   // copying, catching_up, following, stopped, broken, switched
  bool back = false;   // the source of the live copy follows its target
  std::string why;     // of broken: the error, and what to do
  std::string source;  // for people
  Lsn position;        // applied, and safe on the target
  Lsn source_position;
  double lag_seconds = 0;
  std::int64_t lag_bytes = 0;
  std::uint64_t pending_transactions = 0;  // received, but not safe on the target yet
  std::uint64_t transactions = 0;          // received since the run began
  std::uint64_t changes = 0;               // likewise
  double changes_per_second = 0;           // during the last seconds
  std::int64_t held_bytes = 0;             // what the slot keeps on the source
  std::optional<std::int64_t>
      may_hold_bytes;  // how much more until it is lost; absent: no limit but the disk
  /// Reasons for which a switchover would have to wait; empty: none is known.
  std::vector<std::string> not_ready = {};
  std::optional<LiveProof> proof = {};             // absent: no rounds are made
  std::optional<LiveCarry> carry = {};             // absent: nothing is not followed, or it is not known
  std::optional<LiveLateWrites> late_writes = {};  // absent: nobody watches for them
  std::optional<double> age_seconds;               // since it was written, where it was read from the target
  std::optional<bool> running;                     // likewise: the pghaul that wrote it is still connected

  [[nodiscard]] nlohmann::json to_json() const;
};

}  // namespace pghaul::measure

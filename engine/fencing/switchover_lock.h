#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <utility>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::fencing {

/// Keeps other switchovers of the same live copy out: one session that holds an advisory lock in the target,
/// whichever way the switchover goes. A second one would set the sequences of a server that is open already.
///
/// Ownership  owns its connection, and with it the lock.
/// Threads    one at a time.
/// Errors     refused, naming the session, while another one holds the lock.
class SwitchoverLock {
 public:
  [[nodiscard]] static Result<SwitchoverLock> open(const postgres::ConnectionString& target,
                                                   const std::stop_token& stop);

  /// Asks its session whether it still holds the lock. Errors  refused: it does not, as the session was
  /// ended, or does not answer in `time`: another switchover may be under way.
  [[nodiscard]] Status check(std::chrono::milliseconds time);

 private:
  explicit SwitchoverLock(postgres::Connection connection)
      : connection_(std::make_unique<postgres::Connection>(std::move(connection))) {}

  std::unique_ptr<postgres::Connection> connection_;
};

/// Tells whether a switchover of the live copy in this target is under way.
[[nodiscard]] Result<bool> is_switchover_under_way(postgres::Connection& target);

}  // namespace pghaul::fencing

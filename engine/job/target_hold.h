#pragma once

#include <memory>
#include <stop_token>
#include <utility>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::job {

/// Keeps other runs of pghaul out of a target: one session that holds an advisory lock while a copy lasts.
///
/// Ownership  of its connection, and with it of the lock.
/// Threads    one at a time.
/// Errors     refused, naming the session, while another one holds the lock.
class TargetHold {
 public:
  [[nodiscard]] static Result<TargetHold> open(const postgres::ConnectionString& server,
                                               const std::stop_token& stop = {});

  [[nodiscard]] postgres::Connection& connection() noexcept { return *connection_; }

 private:
  explicit TargetHold(std::unique_ptr<postgres::Connection> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<postgres::Connection> connection_;
};

}  // namespace pghaul::job

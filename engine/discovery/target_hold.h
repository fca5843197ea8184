#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::discovery {

/// Keeps other runs of pghaul out of a target: one session that holds an advisory lock while a copy lasts.
///
/// Ownership  owns its connection, and with it the lock.
/// Threads    one at a time.
/// Errors     refused, naming the session, while another one holds the lock.
class TargetHold {
 public:
  [[nodiscard]] static Result<TargetHold> open(const postgres::ConnectionString& server,
                                               const std::stop_token& stop = {});

  [[nodiscard]] postgres::Connection& connection() noexcept { return *connection_; }
  /// Returns a query that tells whether this very session still holds the lock: after a crash or restart of
  /// the server it does not, and then commits may be lost that the server had not yet written to disk.
  [[nodiscard]] std::string still_held_sql() const;
  /// Returns the server's number of its session.
  [[nodiscard]] const std::string& session() const noexcept { return session_; }

 private:
  TargetHold(std::unique_ptr<postgres::Connection> connection, std::string session)
      : connection_(std::move(connection)), session_(std::move(session)) {}

  std::unique_ptr<postgres::Connection> connection_;
  std::string session_;
};

/// Tells whether some run works in the target at present.
[[nodiscard]] Result<bool> is_target_held(postgres::Connection& target);

}  // namespace pghaul::discovery

#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/error.h"
#include "base/silence_timer.h"
#include "postgres/connection.h"

namespace pghaul::postgres {

/// Tells a hung server from a busy one, for whoever waits on a connection: a server that answers new
/// connections is busy; once it has answered nobody for ConnectionString::silence_limit(), the connection is
/// broken.
///
/// Lifetime   ends before its connection's.
/// Threads    the connection's; one that was given `server` may serve another thread instead.
class Silence {
 public:
  explicit Silence(const Connection& connection) noexcept
      : connection_(&connection),
        timer_(connection.silence_limit(), probe_interval(connection.silence_limit()), Clock::now()) {}
  /// `server`: what the connection's own thread has had from effective().
  Silence(const Connection& connection, ConnectionString server) noexcept : Silence(connection) {
    server_ = std::move(server);
  }

  /// The server has said something.
  void end() noexcept { timer_.heard(Clock::now()); }
  /// Returns for how long check() would have nothing to do.
  [[nodiscard]] std::chrono::milliseconds until_check() const noexcept;
  /// Probes the server when it has been silent for long. To be called again and again while one waits.
  /// Errors  connection_lost.
  [[nodiscard]] Status check(const std::stop_token& stop = {});

 private:
  using Clock = std::chrono::steady_clock;

  const Connection* connection_;
  std::optional<ConnectionString> server_;
  SilenceTimer timer_;
};

}  // namespace pghaul::postgres

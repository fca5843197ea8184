#pragma once

#include <chrono>
#include <stop_token>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::postgres {

/// Tells a hung server from a busy one, for whoever waits on a connection: a server that answers new
/// connections is busy; once it has answered nobody for ConnectionString::patience(), the connection is
/// broken.
///
/// Lifetime   ends before its connection's.
/// Threads    the connection's.
class Silence {
 public:
  explicit Silence(const Connection& connection) noexcept
      : connection_(&connection), heard_(std::chrono::steady_clock::now()) {}

  /// The server has said something.
  void end() noexcept { heard_ = std::chrono::steady_clock::now(); }
  /// Probes the server when it has been silent for long. To be called again and again while one waits.
  /// Errors  connection_lost.
  [[nodiscard]] Status check(const std::stop_token& stop = {});

 private:
  const Connection* connection_;
  std::chrono::steady_clock::time_point heard_;
};

}  // namespace pghaul::postgres

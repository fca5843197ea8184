#pragma once

#include <libpq-fe.h>

#include <chrono>

#include "process/child.h"

namespace pghaul::postgres {

/// A cancel request on its way to a server. A child process sends it: PQcancel() waits for as long as the
/// host lets it, and a process can be ended meanwhile, which a thread can't.
///
/// Ownership  of the child, which is gone when this is destroyed, and after 5 s at the latest.
/// Threads    one at a time.
/// Source     PostgreSQL manual, libpq, PQcancel(): it may be called where only what is safe in a signal
///            handler may be, as in the child of a process with several threads.
class CancelRequest {
 public:
  static constexpr std::chrono::seconds kLongest{5};
  static constexpr std::chrono::seconds kUntilSevered{1};
  static constexpr int kNoSocket = -1;

  /// `severs`: the socket of a connection that the child breaks kUntilSevered from now, or kNoSocket.
  CancelRequest(PGcancel* request, int severs) noexcept;

  /// False: there was no process to be had.
  [[nodiscard]] bool sent() const noexcept { return child_.started(); }
  /// The server has taken it, or it could not be reached.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const noexcept {
    return child_.ends_within(time);
  }

 private:
  process::Child child_;
};

}  // namespace pghaul::postgres

#pragma once

#include <libpq-fe.h>
#include <sys/types.h>

#include <chrono>

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
  ~CancelRequest();
  CancelRequest(CancelRequest&&) = delete;
  CancelRequest& operator=(CancelRequest&&) = delete;

  /// False: there was no process to be had.
  [[nodiscard]] bool sent() const noexcept { return pid_ > 0; }
  /// The server has taken it, or it could not be reached.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const noexcept;

 private:
  pid_t pid_ = -1;
  int ended_ = -1;  // readable once the child has ended
};

}  // namespace pghaul::postgres

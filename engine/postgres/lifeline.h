#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "postgres/cancel_request.h"

namespace pghaul::postgres {

/// What other threads may see of a connection and do to it while its own thread waits on the server.
///
/// Lifetime   independent of the connection's.
/// Threads    any.
class Lifeline {
 public:
  explicit Lifeline(PGconn* handle);

  /// Asks the server to give up what the connection runs, and waits until it has taken that. A server that
  /// has not within a second is left: the connection breaks.
  void cancel_or_sever() noexcept;
  /// Asks the server without waiting. A second request while one is on its way is dropped.
  void cancel_soon() noexcept;
  /// As cancel_soon(); the connection breaks a second later, unless withdraw() comes before.
  void cancel_then_sever() noexcept;
  /// Ends what cancel_soon() or cancel_then_sever() have begun.
  void withdraw() noexcept;
  /// Breaks the connection: whoever waits on it gets connection_lost.
  void sever() noexcept;
  /// The connection is about to be closed: its socket will be somebody else's.
  void forget() noexcept;

  /// The server process at the other end; 0 when a pooler hides it.
  [[nodiscard]] int pid() const noexcept { return pid_; }
  /// Bytes of rows that have passed so far.
  [[nodiscard]] std::uint64_t traffic() const noexcept { return traffic_.load(std::memory_order_relaxed); }
  /// By the connection's own thread only: so it costs no locked instruction for each row.
  void add_traffic(std::uint64_t bytes) noexcept {
    traffic_.store(traffic() + bytes, std::memory_order_relaxed);
  }
  /// The connection's thread waits for the server to answer or to take more.
  [[nodiscard]] bool awaited() const noexcept { return awaited_.load(std::memory_order_relaxed) > 0; }

  /// While it lives, its connection is awaited.
  class Waiting {
   public:
    explicit Waiting(Lifeline& lifeline) noexcept : lifeline_(&lifeline) {
      lifeline_->awaited_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Waiting() { lifeline_->awaited_.fetch_sub(1, std::memory_order_relaxed); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    Lifeline* lifeline_;
  };

 private:
  struct Free {
    void operator()(PGcancel* handle) const noexcept { PQfreeCancel(handle); }
  };
  const std::unique_ptr<PGcancel, Free> request_;  // nullptr: there was no memory for it
  const int pid_;
  std::atomic<std::uint64_t> traffic_{0};  // orders nothing else, nor do the next two
  std::atomic<int> awaited_{0};
  std::mutex mutex_;  // guards the next two
  std::optional<CancelRequest> under_way_;
  int socket_;
};

}  // namespace pghaul::postgres

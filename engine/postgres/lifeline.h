#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "postgres/cancel_request.h"

namespace pghaul::postgres {

/// A handle by which other threads observe and interrupt a connection while its own thread waits on the
/// server.
///
/// Lifetime   independent of the connection's.
/// Threads    any.
class Lifeline {
 public:
  explicit Lifeline(PGconn* handle);

  /// Asks the server to cancel what the connection runs, and waits until it has accepted that. If it has not
  /// within a second, the connection breaks.
  void cancel_or_sever() noexcept;
  /// Asks the server without waiting. A second request while one is on its way is dropped.
  void cancel_soon() noexcept;
  /// Does as cancel_soon(); the connection breaks a second later, unless withdraw() comes before.
  void cancel_then_sever() noexcept;
  /// Ends what cancel_soon() or cancel_then_sever() has begun.
  void withdraw() noexcept;
  /// Breaks the connection: a wait on it ends with connection_lost.
  void sever() noexcept;
  /// Drops the socket: the connection is about to be closed, and its descriptor will belong to another one.
  void forget() noexcept;

  /// Returns the server process at the other end; 0 when a pooler hides it.
  [[nodiscard]] int pid() const noexcept { return pid_; }
  /// Returns the bytes of rows that have passed so far.
  [[nodiscard]] std::uint64_t traffic() const noexcept { return traffic_.load(std::memory_order_relaxed); }
  /// Counts bytes; called by the connection's own thread only, so that it costs no locked instruction for
  /// each row.
  void add_traffic(std::uint64_t bytes) noexcept {
    traffic_.store(traffic() + bytes, std::memory_order_relaxed);
  }
  /// Tells whether the connection's thread waits for the server to answer or to take more.
  [[nodiscard]] bool awaited() const noexcept { return awaited_.load(std::memory_order_relaxed) > 0; }

  /// Marks the connection as awaited in its lifetime.
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

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "follow/barrier_feed.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Two exported snapshots, one on each server, which show the same state.
struct SnapshotPair {
  std::string source;
  std::string target;
};

/// The table in the target's journal by which a pghaul asks the one that applies the changes for a barrier.
///
/// Threads  values only; those that take a connection: the connection's.
class BarrierTable {
 public:
  explicit BarrierTable(std::string schema) : schema_(std::move(schema)) {}

  [[nodiscard]] Status create(postgres::Connection& target) const;
  /// Asks for one; it is held as long as this session lasts, or until release(). Returns its number.
  [[nodiscard]] Result<std::int64_t> ask(postgres::Connection& target) const;
  /// Returns nothing while it has not been reached. Errors  what the other pghaul reports.
  [[nodiscard]] Result<std::optional<SnapshotPair>> answer(postgres::Connection& target,
                                                           std::int64_t number) const;
  [[nodiscard]] Status release(postgres::Connection& target, std::int64_t number) const;

  /// Returns the oldest request that was not answered and whose session lasts; forgets those of sessions that
  /// are gone.
  [[nodiscard]] Result<std::optional<std::int64_t>> oldest(postgres::Connection& target) const;
  [[nodiscard]] Result<bool> is_held(postgres::Connection& target, std::int64_t number) const;
  [[nodiscard]] Status reply(postgres::Connection& target, std::int64_t number,
                             const Result<SnapshotPair>& answer) const;

 private:
  [[nodiscard]] std::string table() const;

  std::string schema_;
};

/// The follower's part of barriers: takes the snapshots, and keeps them while they are asked for, one pair at
/// a time.
///
/// Threads  poll() in one, the hooks in another, hold() in a third; it outlives them.
class BarrierServer {
 public:
  BarrierServer(const discovery::Endpoint& source, const discovery::Endpoint& target, std::string slot,
                const std::string& schema, std::stop_token stop)
      : source_end_(source),
        target_end_(target),
        slot_(std::move(slot)),
        table_(schema),
        stop_(std::move(stop)) {}

  /// Serves the other processes: looks for a request, answers it, and sees whether the one that was answered
  /// is still held.
  [[nodiscard]] Status poll(postgres::Connection& target);
  /// Waits until poll() has something to answer; false: not before `deadline`, or not before the stop.
  [[nodiscard]] bool await_answer(std::chrono::steady_clock::time_point deadline,
                                  const std::stop_token& stop);

  /// A barrier that was reached for this process: its snapshots are kept until this is destroyed.
  class Held {
   public:
    Held(BarrierServer& server, SnapshotPair snapshots)
        : server_(&server), snapshots_(std::move(snapshots)) {}
    Held(Held&& other) noexcept
        : server_(std::exchange(other.server_, nullptr)), snapshots_(std::move(other.snapshots_)) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (server_ != nullptr) server_->release_held();
    }
    [[nodiscard]] const SnapshotPair& snapshots() const noexcept { return snapshots_; }

   private:
    BarrierServer* server_;  // nullptr once moved from
    SnapshotPair snapshots_;
  };
  /// Has a barrier reached for this process. Errors  refused: there was none in time.
  [[nodiscard]] Result<Held> hold(const std::stop_token& stop);

  [[nodiscard]] std::atomic<bool>& requested() noexcept { return requested_; }
  [[nodiscard]] follow::BarrierFeed::Hooks hooks();

 private:
  [[nodiscard]] Result<std::string> take_snapshot();
  [[nodiscard]] Status write_marker(const std::string& marker);
  [[nodiscard]] Status reach();
  void fail_with(const Error& error);
  void release();
  void release_held();
  [[nodiscard]] bool is_served() const noexcept { return number_ || held_here_; }
  [[nodiscard]] bool has_ended() const noexcept { return pair_ || !failure_.empty(); }

  const discovery::Endpoint& source_end_;
  const discovery::Endpoint& target_end_;
  std::string slot_;
  BarrierTable table_;
  std::stop_token stop_;
  std::atomic<bool> requested_ = false;

  std::mutex mutex_;  // for what follows
  std::condition_variable_any changed_;
  std::optional<std::int64_t> number_;          // of the request that is served
  bool held_here_ = false;                      // instead: hold()'s is
  std::optional<std::string> source_snapshot_;  // once it is taken
  std::optional<SnapshotPair> pair_;            // once the barrier is reached
  std::string failure_;
  bool answered_ = false;
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> marker_;
  std::optional<postgres::Connection> target_;
};

}  // namespace pghaul::live

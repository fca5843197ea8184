#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pghaul::follow {

/// The transactions that a snapshot of a server sees.
///
/// Source  PostgreSQL manual, functions, "Transaction ID and Snapshot Information Functions": a snapshot
/// lists
///         top-level transactions only, and these are what a stream of logical replication names.
class VisibleTransactions {
 public:
  /// `snapshot`: "xmin:xmax:xip,…" as pg_current_snapshot() and txid_current_snapshot() write it. Nothing
  /// when it is something else.
  [[nodiscard]] static std::optional<VisibleTransactions> parse(std::string_view snapshot);

  /// `xid`: without its epoch, and less than 2^31 away.
  [[nodiscard]] bool sees(std::uint32_t xid) const;
  /// All before this one have ended.
  [[nodiscard]] std::uint64_t first_running() const noexcept { return begin_; }
  /// The first one that was not assigned yet.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

 private:
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::uint64_t> in_progress_;  // sorted
};

/// What is known of a source's visible transactions from snapshots that were taken now and then.
///
/// Threads  any.
class Visibility {
 public:
  /// Begins anew: what is applied from now on is not known to be visible.
  void restart() {
    const std::lock_guard lock(mutex_);
    first_.reset();
    last_.reset();
  }
  void set(VisibleTransactions seen) {
    const std::lock_guard lock(mutex_);
    if (!first_) first_ = seen;
    last_ = std::move(seen);
  }
  [[nodiscard]] std::optional<VisibleTransactions> first() const {
    const std::lock_guard lock(mutex_);
    return first_;
  }
  [[nodiscard]] std::optional<VisibleTransactions> last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<VisibleTransactions> first_;  // since restart()
  std::optional<VisibleTransactions> last_;
};

}  // namespace pghaul::follow

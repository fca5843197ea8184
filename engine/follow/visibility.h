#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "postgres/visible_transactions.h"

namespace pghaul::follow {

using postgres::VisibleTransactions;

/// Knowledge of a source's visible transactions, from snapshots that were taken now and then.
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

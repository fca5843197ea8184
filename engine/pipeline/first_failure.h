#pragma once

#include <atomic>

#include "base/error.h"

namespace pghaul::pipeline {

/// The cause of a lane's failure. Reader and writer each report their own failure; the first is the cause,
/// the second its consequence, such as the error of a source that was cancelled because the sink had failed.
///
/// Threads    record() and happened() from either side; error() once both sides have ended.
class FirstFailure {
 public:
  /// Returns false if the other side was first; then `error` is dropped.
  bool record(Error error) noexcept;
  [[nodiscard]] bool happened() const noexcept { return happened_.load(std::memory_order_acquire); }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  std::atomic<bool> happened_{false};  // publishes that a side failed, but not yet error_: joining it does
  Error error_;
};

}  // namespace pghaul::pipeline

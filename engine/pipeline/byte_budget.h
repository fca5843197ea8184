#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pghaul::pipeline {

/// Bounds the bytes under way between a lane's reader and its writer. The number of chunks alone does not:
/// each may have grown to hold a row of a gigabyte.
///
/// Threads    the reader spends and waits, the writer refunds; lift() may come from either.
/// Units      bytes of COPY data.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes) noexcept;

  /// Takes from the budget, and may overdraw it: how wide a row is, is known only once it is there.
  void spend(std::size_t bytes) noexcept;
  void refund(std::size_t bytes) noexcept;
  /// Returns as soon as the budget is not overdrawn.
  void wait() noexcept;
  /// Ends all waiting, now and later.
  void lift() noexcept;

 private:
  void add(std::int64_t bytes) noexcept;

  std::atomic<std::int64_t> left_;  // publishes nothing but itself
};

}  // namespace pghaul::pipeline

#pragma once

#include <atomic>
#include <cstdint>

namespace pghaul::measure {

/// A number that some threads add to and others read; it orders nothing else.
class Counter {
 public:
  void add(std::uint64_t amount) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  void take_back(std::uint64_t amount) noexcept { value_.fetch_sub(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace pghaul::measure

#include "pipeline/byte_budget.h"

namespace pghaul::pipeline {

namespace {
constexpr std::int64_t kMoreThanAnybodySpends = std::int64_t{1} << 62;
}

ByteBudget::ByteBudget(std::size_t bytes) noexcept : left_(static_cast<std::int64_t>(bytes)) {}

void ByteBudget::spend(std::size_t bytes) noexcept {
  left_.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
}

void ByteBudget::refund(std::size_t bytes) noexcept {
  add(static_cast<std::int64_t>(bytes));
}

void ByteBudget::lift() noexcept {
  add(kMoreThanAnybodySpends);
}

void ByteBudget::wait() noexcept {
  for (;;) {
    const std::int64_t left = left_.load(std::memory_order_acquire);
    if (left >= 0) return;
    left_.wait(left, std::memory_order_acquire);
  }
}

void ByteBudget::add(std::int64_t bytes) noexcept {
  left_.fetch_add(bytes, std::memory_order_release);
  left_.notify_one();
}

}  // namespace pghaul::pipeline

#include "postgres/message_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace pghaul::postgres {
namespace {

constexpr std::size_t kHeadBytes = 5;  // a letter, and a length that counts itself but not the letter
constexpr std::size_t kShortest = 1 + 4;
constexpr std::size_t kLongest = 1 + std::size_t{0x7FFF'FFFF};

}  // namespace

MessageBuffer::MessageBuffer(std::size_t bytes)
    : capacity_(std::max(bytes, kHeadBytes)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(capacity_)) {}

std::size_t MessageBuffer::length() const noexcept {
  if (end_ - begin_ < kHeadBytes) return 0;
  std::size_t counted = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i) {
    counted = counted << 8 | std::to_integer<std::size_t>(buffer_[begin_ + i]);
  }
  return 1 + counted;
}

MessageBuffer::Taken MessageBuffer::take(Message& message) const noexcept {
  const std::size_t bytes = length();
  if (bytes == 0) return Taken::incomplete;
  if (bytes < kShortest || bytes > kLongest) return Taken::wrong;
  if (end_ - begin_ < bytes) return Taken::incomplete;
  const std::byte* const start = buffer_.get() + begin_;
  message = {static_cast<char>(*start), {start + kHeadBytes, bytes - kHeadBytes}};
  return Taken::whole;
}

void MessageBuffer::drop(const Message& message) noexcept {
  begin_ += kHeadBytes + message.body.size();
  assert(begin_ <= end_);
}

std::span<std::byte> MessageBuffer::room() {
  const std::size_t wanted = std::max(length(), kHeadBytes);
  const std::size_t have = end_ - begin_;
  if (wanted > capacity_) {
    auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);  // may throw: nothing has changed yet
    std::memcpy(larger.get(), buffer_.get() + begin_, have);
    buffer_ = std::move(larger);
    capacity_ = wanted;
  } else {
    std::memmove(buffer_.get(), buffer_.get() + begin_, have);
  }
  begin_ = 0;
  end_ = have;
  return {buffer_.get() + end_, capacity_ - end_};
}

void MessageBuffer::fill(std::size_t bytes) noexcept {
  assert(bytes <= capacity_ - end_);
  end_ += bytes;
}

}  // namespace pghaul::postgres

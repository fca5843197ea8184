#include "transport/copy_messages.h"

#include <algorithm>

#include "transport/little_endian.h"

namespace pghaul::transport {
namespace {

// The head before the columns holds the number of rows, and how many messages' lengths follow; none where
// each message is a row.
constexpr std::size_t kRowsAt = 0;
constexpr std::size_t kLengthsAt = 4;
constexpr std::size_t kCountsBytes = 8;
constexpr std::size_t kLengthBytes = 4;

std::byte* put_head(std::byte* to, std::size_t body) {
  *to++ = CopyMessages::kType;
  const std::size_t length = body + kLengthBytes;
  for (int shift = 24; shift >= 0; shift -= 8) *to++ = static_cast<std::byte>(length >> shift);
  return to;
}

}  // namespace

std::size_t CopyMessages::bytes_of(std::span<const std::byte> head) noexcept {
  std::size_t length = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i) length = length << 8 | std::to_integer<std::size_t>(head[i]);
  return 1 + length;
}

bool CopyMessages::arrange(std::span<const std::byte> messages) {
  if (!take_heads_off(messages) || !columns_.arrange(rows_)) return false;
  if (each_is_a_row()) lengths_.clear();
  bytes_.resize(kCountsBytes + kLengthBytes * lengths_.size());
  put(bytes_, kRowsAt, static_cast<std::uint32_t>(columns_.rows()));
  put(bytes_, kLengthsAt, static_cast<std::uint32_t>(lengths_.size()));
  for (std::size_t i = 0; i < lengths_.size(); ++i) put(bytes_, kCountsBytes + kLengthBytes * i, lengths_[i]);
  bytes_.insert(bytes_.end(), columns_.bytes().begin(), columns_.bytes().end());
  return bytes_.size() <= messages.size();
}

bool CopyMessages::take_heads_off(std::span<const std::byte> messages) {
  rows_.resize(messages.size());
  lengths_.clear();
  std::size_t at = 0;
  while (!messages.empty()) {
    if (messages.size() < kHeadBytes || messages.front() != kType) return false;
    const std::size_t size = bytes_of(messages);
    if (size < kHeadBytes || size > messages.size()) return false;
    const std::size_t body = size - kHeadBytes;
    std::copy_n(messages.begin() + kHeadBytes, body, rows_.begin() + static_cast<std::ptrdiff_t>(at));
    lengths_.push_back(static_cast<std::uint32_t>(body));
    at += body;
    messages = messages.subspan(size);
  }
  rows_.resize(at);
  return true;
}

bool CopyMessages::each_is_a_row() const noexcept {
  if (lengths_.size() != columns_.rows()) return false;
  for (std::size_t i = 0; i < lengths_.size(); ++i) {
    if (lengths_[i] != columns_.row_bytes(i)) return false;
  }
  return true;
}

bool CopyMessages::restore(std::span<const std::byte> arranged, std::span<std::byte> messages) {
  if (arranged.size() < kCountsBytes) return false;
  const std::size_t rows = get<std::uint32_t>(arranged, kRowsAt);
  const std::size_t lengths = get<std::uint32_t>(arranged, kLengthsAt);
  if (lengths > (arranged.size() - kCountsBytes) / kLengthBytes) return false;
  const std::size_t count = lengths > 0 ? lengths : rows;
  if (count > messages.size() / kHeadBytes) return false;
  rows_.resize(messages.size() - kHeadBytes * count);
  const std::size_t columns_at = kCountsBytes + kLengthBytes * lengths;
  if (!columns_.restore(arranged.subspan(columns_at), rows, rows_)) return false;

  std::span<const std::byte> left = rows_;
  std::byte* to = messages.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t body =
        lengths > 0 ? get<std::uint32_t>(arranged, kCountsBytes + kLengthBytes * i) : columns_.row_bytes(i);
    if (body > left.size()) return false;
    to = std::ranges::copy(left.first(body), put_head(to, body)).out;
    left = left.subspan(body);
  }
  return left.empty();
}

}  // namespace pghaul::transport

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "transport/columns.h"

namespace pghaul::transport {

/// Messages of PostgreSQL's protocol that carry COPY's rows, arranged by column. They are restored bit by
/// bit, since the bytes are not ours.
///
/// Threads    one at a time.
/// Memory     a few times that of the messages; kept for the next ones.
/// Source     PostgreSQL manual, "Frontend/Backend Protocol", "Message Formats": CopyData.
class CopyMessages {
 public:
  static constexpr std::byte kType{'d'};
  static constexpr std::size_t kHeadBytes = 5;
  /// Returns a message's size by its head, of kHeadBytes; less than that is invalid.
  [[nodiscard]] static std::size_t bytes_of(std::span<const std::byte> head) noexcept;

  /// Arranges whole messages that follow one another; bytes() is the result. False: they don't hold whole
  /// rows of the binary format with one number of columns, or would become larger.
  [[nodiscard]] bool arrange(std::span<const std::byte> messages);
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// Writes to `messages`, all of it, what arrange() was given. Trusts nothing: false where `arranged` is not
  /// what it makes of messages of that size.
  [[nodiscard]] bool restore(std::span<const std::byte> arranged, std::span<std::byte> messages);

 private:
  [[nodiscard]] bool take_heads_off(std::span<const std::byte> messages);
  [[nodiscard]] bool each_is_a_row() const noexcept;

  Columns columns_{Columns::Order::by_byte};
  std::vector<std::byte> rows_;
  std::vector<std::uint32_t> lengths_;  // sizes of the messages' bodies
  std::vector<std::byte> bytes_;
};

}  // namespace pghaul::transport

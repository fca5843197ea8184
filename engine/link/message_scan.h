#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace pghaul::link {

/// Follows where the messages of PostgreSQL's protocol begin and end in a stream of bytes.
///
/// Source     PostgreSQL manual, "Frontend/Backend Protocol", "Message Formats".
class MessageScan {
 public:
  /// The part of some bytes that belongs to one message, or to its beginning.
  struct Part {
    char type = 0;
    std::span<const std::byte> head;  // type and length, as far as they are in these bytes
    std::span<const std::byte> body;
    bool begins = false;
    bool ends = false;
  };
  /// Takes the first part off `bytes`. `type` is known as soon as the message has begun.
  [[nodiscard]] Part next(std::span<const std::byte>& bytes) noexcept;
  /// Tells whether no message has begun.
  [[nodiscard]] bool at_boundary() const noexcept { return head_bytes_ == 0; }

 private:
  static constexpr std::size_t kHeadBytes = 5;
  std::array<std::byte, kHeadBytes> head_{};
  std::size_t head_bytes_ = 0;
  std::size_t body_left_ = 0;
};

}  // namespace pghaul::link

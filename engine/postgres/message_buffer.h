#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace pghaul::postgres {

/// Cuts the bytes that come from a server into its messages.
///
/// Memory     `bytes`, or the widest message. An exception for want of it leaves the buffer as it was.
/// Threads    one at a time.
/// Source     PostgreSQL manual, "Frontend/Backend Protocol", "Message Formats".
class MessageBuffer {
 public:
  struct Message {
    char type = 0;
    std::span<const std::byte> body;
  };
  enum class Taken { whole, incomplete, wrong };

  explicit MessageBuffer(std::size_t bytes);

  /// Gives the next message, whose body is good until room() is called; or says that more bytes have to come
  /// first, or that what has come is no message.
  [[nodiscard]] Taken take(Message& message) const noexcept;
  /// Removes the message that take() gave from the front.
  void drop(const Message& message) noexcept;
  /// Returns room for the bytes that come next: never empty while a message is incomplete.
  [[nodiscard]] std::span<std::byte> room();
  /// Records that so many bytes have been put into room().
  void fill(std::size_t bytes) noexcept;

 private:
  /// Returns the length of the message at the front, its head included; 0: its head has not come yet.
  [[nodiscard]] std::size_t length() const noexcept;

  std::size_t capacity_;
  std::unique_ptr<std::byte[]> buffer_;  // holds what has come and not been taken, from begin_ to end_
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace pghaul::postgres

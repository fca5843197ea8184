#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "link/endpoint.h"
#include "link/message_scan.h"

namespace pghaul::link {

/// The socket on which libpq, in this process or in a program that it started, takes us for a server.
///
/// Ownership  closes the socket when destroyed.
/// Threads    one at a time.
/// Errors     connection_lost: libpq has gone.
class LocalSocket : public Endpoint {
 public:
  explicit LocalSocket(int descriptor) : descriptor_(descriptor) {}
  ~LocalSocket() override;
  LocalSocket(LocalSocket&&) = delete;
  LocalSocket& operator=(LocalSocket&&) = delete;

  [[nodiscard]] int socket() const override { return descriptor_; }
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) override;

  /// All of them, waiting. For the sign-in.
  [[nodiscard]] Status read_all(std::span<std::byte> bytes);
  [[nodiscard]] Status write_all(std::string_view bytes);
  /// The answer, a byte outside of the protocol's messages, to who asks for encryption.
  [[nodiscard]] Status decline();
  /// As an error that ends the connection; nothing where libpq is in the middle of another message.
  void say_farewell(const Error& error);

 private:
  int descriptor_;
  MessageScan scan_;
};

}  // namespace pghaul::link

#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "link/endpoint.h"
#include "link/message_scan.h"

namespace pghaul::link {

/// The server's side of a socket on which libpq, in this process or in a program that it started, connects to
/// us.
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

  /// Waits until all of the bytes have been read or written. For the sign-in.
  [[nodiscard]] Status read_all(std::span<std::byte> bytes);
  [[nodiscard]] Status write_all(std::string_view bytes);
  /// Answers a request for encryption with no: a byte outside of the protocol's messages.
  [[nodiscard]] Status decline();
  /// Sends an error that ends the connection; nothing where libpq is in the middle of another message.
  void send_fatal(const Error& error);

 private:
  int descriptor_;
  MessageScan scan_;
};

}  // namespace pghaul::link

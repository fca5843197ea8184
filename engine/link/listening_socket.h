#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"

namespace pghaul::link {

/// A socket in a private folder, on which libpq finds us as it would find a server.
///
/// Ownership  of the folder, which is gone when this is destroyed; moves, never copies.
/// Threads    accept() by one.
class ListeningSocket {
 public:
  static constexpr const char* kPort = "5432";  // a part of the socket's name, and nothing more

  /// Makes one below the folder for temporary files, and removes those that killed runs have left there.
  [[nodiscard]] static Result<ListeningSocket> open();
  ~ListeningSocket();
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  /// Waits for a connection. Returns its descriptor, which is the caller's; nothing: none has come in time.
  [[nodiscard]] std::optional<int> accept(std::chrono::milliseconds within) const;

 private:
  ListeningSocket(std::string folder, int descriptor);

  std::string folder_;
  int descriptor_;
};

}  // namespace pghaul::link

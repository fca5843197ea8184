#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// What the two halves of a Host send each other: a list of texts. An empty list only says that the sender is
/// there still.
using HostMessage = std::vector<std::string>;

/// Writes all of it. Errors  PGHAUL_EXIT_UNREACHABLE: nobody reads any more, or not within the descriptor's
/// SO_SNDTIMEO.
[[nodiscard]] Outcome send_message(int descriptor, const HostMessage& message);

/// Reads messages from a descriptor, which stays the caller's.
///
/// Threads  one at a time.
class MessageReader {
 public:
  explicit MessageReader(int descriptor) : descriptor_(descriptor) {}

  /// Waits for the next one. Errors  PGHAUL_EXIT_UNREACHABLE: the other end is closed, or has sent nothing
  /// for that long, or what is no message; says which.
  [[nodiscard]] Result<HostMessage> next(std::chrono::milliseconds longest_silence);

 private:
  [[nodiscard]] Outcome fill(std::chrono::milliseconds longest_silence);
  [[nodiscard]] Result<std::size_t> number(std::size_t most, std::chrono::milliseconds longest_silence);

  int descriptor_;
  std::string buffer_;
};

}  // namespace pghaul::platform

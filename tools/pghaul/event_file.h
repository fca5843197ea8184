#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "job.h"

namespace pghaul::command {

/// The destination of `--events`: one JSON object a line, each written as it happens.
///
/// Ownership  closes what it has opened when destroyed.
class EventFile {
 public:
  /// Opens "": nowhere; "-": standard output; "fd:N": a descriptor that is open; else a file, which is made
  /// or emptied.
  [[nodiscard]] static tl::expected<EventFile, Failure> open(const std::string& path);

  EventFile(EventFile&& other) noexcept;
  EventFile& operator=(EventFile&&) = delete;
  ~EventFile();

  /// Writes an event. After a failure nothing more is written: false once, when that happens.
  [[nodiscard]] bool write(std::string_view event);

 private:
  EventFile(int descriptor, bool ours) : descriptor_(descriptor), ours_(ours) {}

  int descriptor_;  // -1: nowhere
  bool ours_;       // opened here, and to be closed
};

}  // namespace pghaul::command

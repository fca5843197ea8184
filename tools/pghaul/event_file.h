#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "job.h"

namespace pghaul::command {

/// Where `--events` goes: one JSON object a line, each written as it happens.
///
/// Ownership  closes the file when destroyed, but not standard output.
class EventFile {
 public:
  /// "": nowhere; "-": standard output; else a file, which is made or emptied.
  [[nodiscard]] static tl::expected<EventFile, Failure> open(const std::string& path);

  EventFile(EventFile&& other) noexcept;
  EventFile& operator=(EventFile&&) = delete;
  ~EventFile();

  /// After a failure nothing more is written: false once, when that happens.
  [[nodiscard]] bool write(std::string_view event);

 private:
  explicit EventFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // -1: nowhere
};

}  // namespace pghaul::command

#pragma once

#include <optional>
#include <string>

namespace pghaul::discovery {

/// Returns the folder of "archive:FOLDER" in the place of a connection string; nothing if it is one.
[[nodiscard]] inline std::optional<std::string> archive_folder(const std::string& end) {
  constexpr const char* kPrefix = "archive:";
  if (!end.starts_with(kPrefix)) return std::nullopt;
  return end.substr(std::char_traits<char>::length(kPrefix));
}

}  // namespace pghaul::discovery

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pghaul::measure {

/// How well one earlier copy was foretold.
struct PastCopy {
  std::string source, target;  // as a report's description: "shop on db1:5432"; may be empty
  double predicted_seconds = 0;
  double seconds = 0;
  bool rehearsal = false;
  double bytes = 0;                     // of the source, on disk; 0: not known
  int jobs = 0;                         // 0: not known
  std::string open_after = "verified";  // what the seconds lasted until

  /// From a JSON object with `predicted_seconds` and `seconds`, `source` and `target`, and what else a line
  /// of the command's history holds. Nothing: it is none, or has no forecast.
  [[nodiscard]] static std::optional<PastCopy> from_json(std::string_view text);
  /// Between the same servers, whatever the databases.
  [[nodiscard]] bool between(std::string_view source_description, std::string_view target_description) const;
};

}  // namespace pghaul::measure

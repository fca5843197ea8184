#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pghaul::measure {

/// The predicted and the actual duration of an earlier copy.
struct PastCopy {
  std::string source, target;  // as a report's description: "shop on db1:5432"; may be empty
  double predicted_seconds = 0;
  double seconds = 0;
  bool rehearsal = false;
  double bytes = 0;                     // size of the source on disk; 0: not known
  int jobs = 0;                         // 0: not known
  std::string open_after = "verified";  // the milestone at which the seconds end

  /// Reads a JSON object with `predicted_seconds` and `seconds`, `source` and `target`, and whatever else a
  /// line of the command's history holds. Nothing: it is no such object, or has no forecast.
  [[nodiscard]] static std::optional<PastCopy> from_json(std::string_view text);
  /// Tells whether it ran between the same servers, whatever the databases.
  [[nodiscard]] bool between(std::string_view source_description, std::string_view target_description) const;
};

}  // namespace pghaul::measure

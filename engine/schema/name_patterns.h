#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "schema/name_pattern.h"

namespace pghaul::schema {

/// The patterns of one option.
class NamePatterns {
 public:
  enum class Of { schemas, tables };

  [[nodiscard]] static Result<NamePatterns> parse(const std::vector<std::string>& texts, Of of);

  template <typename Object>
  [[nodiscard]] std::set<Object> matches(const std::set<Object>& among) const {
    std::set<Object> found;
    for (const Object& one : among) {
      if (std::ranges::any_of(all_, [&](const auto& pattern) { return pattern.second.matches(one); })) {
        found.insert(one);
      }
    }
    return found;
  }

  [[nodiscard]] bool matches(const catalog::Name& table) const {
    return std::ranges::any_of(all_, [&](const auto& pattern) { return pattern.second.matches(table); });
  }

  /// Fails for a pattern that matches nothing, as --strict-names does.
  template <typename Object>
  [[nodiscard]] Status each_matches(const std::set<Object>& among, const char* what) const {
    for (const auto& [text, pattern] : all_) {
      const auto is_match = [&](const Object& one) { return pattern.matches(one); };
      if (std::ranges::any_of(among, is_match)) continue;
      return fail(ErrorCode::usage, fmt::format("no matching {} were found for pattern \"{}\"", what, text),
                  "check the pattern; names in capitals need quotes within it");
    }
    return {};
  }

  /// Fails for a pattern without a schema that matches in several: an archive has no search_path.
  [[nodiscard]] Status each_means_one_schema(const std::set<catalog::Name>& among) const;

 private:
  std::vector<std::pair<std::string, NamePattern>> all_;
};

}  // namespace pghaul::schema

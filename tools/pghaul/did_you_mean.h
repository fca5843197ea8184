#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pghaul::command {

/// Which of `choices` was probably meant by the mistyped `word`; nothing when none is near.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      const std::vector<std::string>& choices);

/// Empty when `value` is one of `choices`; else what to say about it: "takes …, not …; did you mean …?".
[[nodiscard]] std::string not_one_of(const std::string& value, const std::vector<std::string>& choices);

}  // namespace pghaul::command

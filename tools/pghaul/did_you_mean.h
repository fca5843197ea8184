#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pghaul::command {

/// Guesses which of `choices` the mistyped `word` means; nothing when none is near.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      const std::vector<std::string>& choices);

/// Says that `value` is not one of `choices`: "takes …, not …; did you mean …?". Empty: it is.
[[nodiscard]] std::string not_one_of(const std::string& value, const std::vector<std::string>& choices);

}  // namespace pghaul::command

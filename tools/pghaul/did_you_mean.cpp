#include "did_you_mean.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace pghaul::command {

namespace {

/// Counts the letters to insert, delete, replace or swap with their neighbour until `a` is `b`.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> edits(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) edits[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) edits[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = edits[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  }
  return edits[a.size()][b.size()];
}

std::optional<std::string> only_one_beginning_with(std::string_view word,
                                                   const std::vector<std::string>& choices) {
  std::optional<std::string> found;
  for (const std::string& choice : choices) {
    if (!choice.starts_with(word)) continue;
    if (found) return std::nullopt;
    found = choice;
  }
  return found;
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view word, const std::vector<std::string>& choices) {
  constexpr std::size_t kLongestWord = 64;
  constexpr std::size_t kShortestBeginning = 3;
  if (word.size() > kLongestWord) return std::nullopt;
  if (word.size() >= kShortestBeginning) {
    if (auto completed = only_one_beginning_with(word, choices)) return completed;
  }
  std::optional<std::string> found;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const std::string& choice : choices) {
    const std::size_t tolerated = 1 + choice.size() / 4;
    const std::size_t edits = edits_between(word, choice);
    if (edits > tolerated || edits >= fewest) continue;
    fewest = edits;
    found = choice;
  }
  return found;
}

std::string not_one_of(const std::string& value, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  const auto meant = did_you_mean(value, choices);
  return fmt::format("takes {} or {}, not '{}'{}", fmt::join(choices.begin(), choices.end() - 1, ", "),
                     choices.back(), value, meant ? fmt::format("; did you mean {}?", *meant) : "");
}

}  // namespace pghaul::command

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "catalog/objects.h"

namespace pghaul::verify {

/// The result of comparing two texts of one definition.
enum class Wording { same, different, unknown };

/// A question whether texts of two servers mean the same, answered by what the target makes of each when they
/// are given to it. A server keeps a definition parsed, and deparses it: texts that it words alike have one
/// meaning.
struct WordingQuestion {
  std::string of_source;
  std::string of_target;
  std::string prepare;  // a statement that goes before both; may be empty
  std::string before;   // with a text between before and after, these create something temporary
  std::string after;
  std::string read;  // a query that gives the text of what was created

  friend bool operator==(const WordingQuestion&, const WordingQuestion&) = default;
  friend auto operator<=>(const WordingQuestion&, const WordingQuestion&) = default;
};

/// Returns the questions about a text of two objects, all of which have to be answered by `same`; nothing
/// where no answer could settle it. Nothing that is created runs a function: views, rules and bodies are
/// parsed, not planned.
[[nodiscard]] std::optional<std::vector<WordingQuestion>> wording_questions(const catalog::ObjectClass& of,
                                                                            std::size_t aspect,
                                                                            const catalog::Object& source,
                                                                            const catalog::Object& target);

}  // namespace pghaul::verify

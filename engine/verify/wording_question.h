#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "catalog/objects.h"

namespace pghaul::verify {

/// What two texts of one definition turned out to be.
enum class Wording { same, different, unknown };

/// Whether the words of two servers mean the same, as a third thing can tell: what the target makes of each
/// when they are given to it. A server keeps a definition parsed, and words what it has parsed: texts that it
/// words alike have one meaning.
struct WordingQuestion {
  std::string of_source;
  std::string of_target;
  std::string prepare;  // a statement that goes before; may be empty
  std::string before;   // with a text between them these create something temporary
  std::string after;
  std::string read;  // a query that gives the text of what was created

  friend bool operator==(const WordingQuestion&, const WordingQuestion&) = default;
  friend auto operator<=>(const WordingQuestion&, const WordingQuestion&) = default;
};

/// The questions about a text of two objects, all of which have to be answered by `same`; nothing where none
/// could tell. Nothing that is created runs a function: views, rules and bodies are parsed, not planned.
[[nodiscard]] std::optional<std::vector<WordingQuestion>> wording_questions(const catalog::ObjectClass& of,
                                                                            std::size_t aspect,
                                                                            const catalog::Object& source,
                                                                            const catalog::Object& target);

}  // namespace pghaul::verify

#pragma once

#include <array>
#include <string>

#include "options.h"

namespace pghaul::command {

/// A verb as help presents it, without its options.
struct VerbText {
  Verb verb;
  const char* name;
  const char* about;      // in a few words
  const char* arguments;  // as the usage line shows them
  const char* description;
  const char* target;    // what TARGET is; nothing: it takes none
  const char* examples;  // a line for each
};

/// Lists all verbs, in the order of `pghaul --help`.
[[nodiscard]] const std::array<VerbText, 10>& verbs();

/// Lists the names of all verbs as a sentence has them: "copy, verify or plan".
[[nodiscard]] std::string list_of_verbs();

}  // namespace pghaul::command

#pragma once

#include <string>
#include <vector>

namespace pghaul::command {

/// What --help says of one verb, as values: manual pages, the reference and completions are written from it.
struct VerbManual {
  struct Option {
    std::vector<std::string> names;  // "-j", "--jobs"; none: an argument, which `value` names
    std::string value;               // what follows it, such as FILE; empty: nothing
    std::string text;
    std::vector<std::string> choices;  // of its value; empty: anything
  };
  struct Group {
    std::string title;
    std::vector<Option> options;
  };

  std::string name;
  std::string about;      // in a few words
  std::string arguments;  // as the usage line shows them
  std::string text;
  std::vector<Group> groups;
  std::vector<std::string> examples;
};

/// All verbs, in the order of `pghaul --help`.
[[nodiscard]] std::vector<VerbManual> manual();

}  // namespace pghaul::command

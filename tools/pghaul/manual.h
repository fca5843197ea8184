#pragma once

#include <string>
#include <vector>

namespace pghaul::command {

/// The help of one verb as values: manual pages, the reference and completions are written from it.
struct VerbManual {
  struct Option {
    std::vector<std::string> names;  // "-j", "--jobs"; none: an argument, which `value` names
    std::string value;               // the placeholder after it, such as FILE; empty: none
    std::string text;
    std::vector<std::string> choices;  // the values it takes; empty: any
  };
  struct Group {
    std::string title;
    std::vector<Option> options;
  };

  std::string name;
  std::string about;      // a few words
  std::string arguments;  // as the usage line shows them
  std::string text;
  std::vector<Group> groups;
  std::vector<std::string> examples;
};

/// Returns all verbs, in the order of `pghaul --help`.
[[nodiscard]] std::vector<VerbManual> manual();

}  // namespace pghaul::command

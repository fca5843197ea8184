#pragma once

#include <string>
#include <vector>

#include "discovery/option_value.h"

namespace pghaul::discovery {

enum class Verb { copy, verify, sync, plan, estimate, abandon, status, switchover, finish };
[[nodiscard]] const char* verb_name(Verb verb) noexcept;

enum class Shown { no, when_set, always };

/// One option, with its complete description. All other places take options from here: set(), the journal,
/// reports, pghaul.h, and by pghaul_options() the command line, its help and the documents written from that.
struct Option {
  /// Words for one verb, where they differ.
  struct Wording {
    Verb verb;
    std::string text;
    std::vector<std::string> choices;
  };

  const char* name;
  OptionValue value;
  std::vector<Verb> verbs;
  bool in_identity = false;  // a run that resumes the job must have the same
  Shown shown = Shown::no;   // in reports

  std::vector<std::string> spellings;  // "-j", "--jobs"; none: the command spells it another way
  const char* placeholder = "";        // for the value, in help: "N"
  const char* bare = "";               // the value where it is spelled without one; empty: it needs one
  const char* group = "";              // its heading in help, which option_table() sets
  std::string text;                    // the line of help
  const char* standard = "";           // the value where it is not set; empty: the text makes it clear
  const char* remark = "";             // for programs, what help has no room for
  std::vector<Wording> wordings;
};

/// Returns all options, in the order of help.
[[nodiscard]] const std::vector<Option>& option_table();
/// Finds an option by its name; null when there is none.
[[nodiscard]] const Option* find_option(const std::string& name);
/// Returns the table as JSON, which pghaul.h describes.
[[nodiscard]] const std::string& option_table_json();

}  // namespace pghaul::discovery

#pragma once

#include <string>
#include <vector>

#include "discovery/option_value.h"

namespace pghaul::discovery {

enum class Verb { copy, verify, plan, estimate, abandon };
[[nodiscard]] const char* verb_name(Verb verb) noexcept;

enum class Shown { no, when_set, always };

/// All there is to say about one option. Everything else that knows options takes it from here: set(), the
/// journal, reports, pghaul.h, and by pghaul_options() the command line, its help and the documents written
/// from that.
struct Option {
  /// What a verb words differently.
  struct Wording {
    Verb verb;
    std::string text;
    std::vector<std::string> choices;
  };

  const char* name;
  OptionValue value;
  std::vector<Verb> verbs;
  bool in_identity = false;  // another run that goes on with the job must have the same
  Shown shown = Shown::no;   // in reports

  std::vector<std::string> spellings;  // "-j", "--jobs"; none: the command spells it another way
  const char* placeholder = "";        // for the value, in help: "N"
  const char* group = "";              // its heading in help
  std::string text;                    // the line of help
  const char* standard = "";           // what holds where it is not set; empty: plain from the text
  const char* remark = "";             // for programs, what help has no room for
  std::vector<Wording> wordings;
};

/// In the order of help.
[[nodiscard]] const std::vector<Option>& option_table();
/// Nothing: there is no such option.
[[nodiscard]] const Option* find_option(const std::string& name);
/// The table as JSON, which pghaul.h describes.
[[nodiscard]] const std::string& option_table_json();

}  // namespace pghaul::discovery

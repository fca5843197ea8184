#pragma once

#include <string>
#include <vector>

namespace pghaul::command {

/// One option of the engine, as pghaul_options() describes it for one verb.
struct EngineOption {
  std::string name;                    // as pghaul_job_set() takes it
  std::vector<std::string> spellings;  // on the command line: "-j", "--jobs"
  std::string placeholder;             // for its value; empty: it is a switch
  std::string bare;                    // the value where it is spelled without one; empty: it needs one
  std::string group;                   // its heading in help
  std::string text;                    // the line of help, with its default
  std::vector<std::string> choices;    // all values there are; empty: not to be listed
  std::string expects;                 // what its value has to be; empty: any text
  std::string automatic;  // the value that leaves it to the engine, as leaving the option out does
  bool adds = false;      // each time it is given adds a value
};

/// Returns those that the command offers with a verb, in the order of help.
[[nodiscard]] std::vector<EngineOption> engine_options(const std::string& verb);

/// Says why the option does not take `value`: "takes …, not …". Empty: it does.
[[nodiscard]] std::string problem_with(const std::string& value, const EngineOption& option);

}  // namespace pghaul::command

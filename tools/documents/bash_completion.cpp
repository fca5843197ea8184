#include <fmt/format.h>

#include "completion.h"

namespace pghaul::documents {
namespace {

using command::VerbManual;

/// Returns what may follow an option that takes a value.
std::string value_case(const VerbManual::Option& option) {
  const char* action = "";
  if (option.value == "FILE")
    action = "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); ";
  const std::string choices = option.choices.empty()
                                  ? ""
                                  : fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); ",
                                                fmt::join(option.choices, " "));
  return fmt::format("        {}) {}{}return ;;\n", fmt::join(option.names, " | "), action, choices);
}

std::string verb_case(const VerbManual& verb) {
  std::string names;
  std::string values;
  for (const VerbManual::Group& group : verb.groups) {
    for (const VerbManual::Option& option : group.options) {
      if (option.names.empty()) continue;
      for (const std::string& name : option.names) names += (names.empty() ? "" : " ") + name;
      if (!option.value.empty()) values += value_case(option);
    }
  }
  return fmt::format("    {})\n      options='{}'\n      case $before in\n{}      esac\n      ;;\n",
                     verb.name, names, values);
}

}  // namespace

std::string bash_completion(const Program& program, const std::vector<VerbManual>& verbs) {
  std::string names;
  std::string cases;
  for (const VerbManual& verb : verbs) {
    names += verb.name + " ";
    cases += verb_case(verb);
  }
  return fmt::format(R"(# Bash completion for {0}.
_{0}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} options=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '{1}--help --version' -- "$word")
    return
  fi
  # Readline takes --option=value for three words.
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case ${{COMP_WORDS[1]}} in
{2}  esac
  if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word"); fi
}}
complete -F _{0} {0}
)",
                     program.name, names, cases);
}

}  // namespace pghaul::documents

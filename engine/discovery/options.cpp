#include "discovery/options.h"

#include "discovery/option_table.h"

namespace pghaul::discovery {

Status Options::set(const std::string& option, const std::string& value) {
  const Option* known = find_option(option);
  if (known == nullptr)
    return fail(ErrorCode::usage, "there is no option " + option, "pghaul.h lists the options");
  if (known->value.read(*this, value)) return {};
  const std::string automatic = known->value.automatic;
  return fail(
      ErrorCode::usage, "option " + option + " can't be \"" + value + "\"",
      "give " + known->value.expects + (automatic.empty() ? "" : ", or " + automatic + " to have it chosen"));
}

std::map<std::string, std::string> Options::identity() const {
  std::map<std::string, std::string> all;
  for (const Option& option : option_table()) {
    if (option.in_identity) all[option.name] = option.value.text(*this);
  }
  all["large-objects"] = wants_large_objects() ? "true" : "false";  // that is what -b, -B, -n and -t come to
  return all;
}

std::map<std::string, std::string> Options::shown() const {
  std::map<std::string, std::string> all;
  for (const Option& option : option_table()) {
    const bool wanted =
        option.shown == Shown::always || (option.shown == Shown::when_set && option.value.is_set(*this));
    if (wanted) all[option.name] = option.value.shown(*this);
  }
  return all;
}

}  // namespace pghaul::discovery

#include <nlohmann/json.hpp>

#include "discovery/option_table.h"
#include "measure/json.h"

namespace pghaul::discovery {
namespace {

using nlohmann::json;

json as_json(const Option::Wording& wording) {
  json object{{"text", wording.text}};
  if (!wording.choices.empty()) object["choices"] = wording.choices;
  return object;
}

json as_json(const Option& option) {
  json verbs = json::array();
  for (const Verb verb : option.verbs) verbs.push_back(verb_name(verb));
  json wordings = json::object();
  for (const Option::Wording& wording : option.wordings) wordings[verb_name(wording.verb)] = as_json(wording);
  return {{"name", option.name},
          {"kind", option.value.kind},
          {"expects", option.value.expects},
          {"choices", option.value.choices},
          {"adds", option.value.adds},
          {"automatic", option.value.automatic},
          {"verbs", verbs},
          {"spellings", option.spellings},
          {"placeholder", option.placeholder},
          {"bare", option.bare},
          {"group", option.group},
          {"text", option.text},
          {"default", option.standard},
          {"wordings", wordings}};
}

}  // namespace

const std::string& option_table_json() {
  static const std::string kText = [] {
    json all = json::array();
    for (const Option& option : option_table()) all.push_back(as_json(option));
    return measure::as_text(all);
  }();
  return kText;
}

}  // namespace pghaul::discovery

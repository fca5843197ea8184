#include "engine_options.h"

#include <fmt/format.h>
#include <pghaul/pghaul.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "did_you_mean.h"
#include "job.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

const json& table() {
  static const json kTable = json::parse(pghaul_options());
  return kTable;
}

EngineOption read(const json& described, const std::string& verb) {
  json worded = described;
  if (const auto wording = described["wordings"].find(verb); wording != described["wordings"].end())
    worded.update(*wording);
  EngineOption option{.name = worded["name"],
                      .spellings = worded["spellings"],
                      .placeholder = worded["placeholder"],
                      .bare = worded["bare"],
                      .group = worded["group"],
                      .text = worded["text"],
                      .choices = worded["choices"],
                      .expects = worded["expects"],
                      .automatic = worded["automatic"],
                      .adds = worded["adds"]};
  const std::string standard = worded["default"];
  if (option.adds) option.text += "; may be repeated";
  if (!standard.empty()) option.text += fmt::format(" (default: {})", standard);
  return option;
}

}  // namespace

std::vector<EngineOption> engine_options(const std::string& verb) {
  std::vector<EngineOption> options;
  for (const json& described : table()) {
    const json& verbs = described["verbs"];
    const bool offered = std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
    if (offered && !described["spellings"].empty()) options.push_back(read(described, verb));
  }
  return options;
}

std::string problem_with(const std::string& value, const EngineOption& option) {
  if (!option.choices.empty()) return not_one_of(value, option.choices);
  if (option.expects.empty()) return {};
  const bool left_out = !option.automatic.empty() && value == option.automatic;
  if (!left_out && Job([](std::string_view) {}).set({option.name, value})) return {};
  return fmt::format("takes {}, not '{}'", option.expects, value);
}

}  // namespace pghaul::command

#include "discovery/option_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace pghaul::discovery {
namespace {

bool takes(const Option& option, const std::string& value) {
  Options options;
  return option.value.read(options, value);
}

TEST(OptionTable, NamesAndSpellsEachOptionOnce) {
  std::set<std::string> names;
  std::set<std::string> spellings;
  for (const Option& option : option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    for (const std::string& spelling : option.spellings)
      EXPECT_TRUE(spellings.insert(spelling).second) << spelling;
  }
}

TEST(OptionTable, SpellsAnOptionOfTheCommandAsItIsNamed) {
  for (const Option& option : option_table()) {
    if (option.spellings.empty()) continue;
    EXPECT_NE(std::ranges::find(option.spellings, "--" + std::string(option.name)), option.spellings.end())
        << option.name;
    EXPECT_EQ(*option.placeholder == '\0', std::string(option.value.kind) == "flag") << option.name;
  }
}

TEST(OptionTable, OffersOnlyChoicesThatAreTaken) {
  for (const Option& option : option_table()) {
    for (const std::string& choice : option.value.choices) EXPECT_TRUE(takes(option, choice)) << choice;
    for (const Option::Wording& wording : option.wordings) {
      EXPECT_NE(std::ranges::find(option.verbs, wording.verb), option.verbs.end()) << option.name;
      for (const std::string& choice : wording.choices) EXPECT_TRUE(takes(option, choice)) << choice;
    }
  }
}

TEST(OptionTable, SaysWhatAnOptionExpectsUnlessItTakesAnyText) {
  for (const Option& option : option_table()) {
    const bool any = takes(option, "") && takes(option, "any thing");
    EXPECT_EQ(option.value.expects.empty(), any) << option.name;
  }
}

TEST(OptionTable, HasAValueForTheEngineToChooseThatIsNoDifferentFromNone) {
  for (const Option& option : option_table()) {
    const std::string automatic = option.value.automatic;
    if (automatic.empty()) continue;
    Options options;
    ASSERT_TRUE(options.set(option.name, automatic)) << option.name;
    EXPECT_FALSE(option.value.is_set(options)) << option.name;
  }
}

TEST(OptionTable, IsReadAsJsonInItsOrder) {
  const nlohmann::json all = nlohmann::json::parse(option_table_json());
  ASSERT_EQ(all.size(), option_table().size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]["name"], option_table()[i].name);
  const auto verify = std::ranges::find(all, "verify", [](const auto& one) { return one["name"]; });
  EXPECT_EQ((*verify)["choices"], (std::vector<std::string>{"none", "counts", "checksums"}));
  EXPECT_EQ((*verify)["wordings"]["verify"]["choices"], (std::vector<std::string>{"counts", "checksums"}));
  EXPECT_EQ((*verify)["default"], "checksums");
}

}  // namespace
}  // namespace pghaul::discovery

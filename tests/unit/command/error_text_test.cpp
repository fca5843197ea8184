#include "pghaul/error_text.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

TEST(ErrorText, HasItsHintBelow) {
  EXPECT_EQ(error_text("no such table", "look again", {}),
            "pghaul: error: no such table\n  hint: look again");
  EXPECT_EQ(warning_text("odd", "", {}), "pghaul: warning: odd");
}

TEST(ErrorText, ListsAllRefusalsAndNoWarnings) {
  const json report = {{"findings",
                        {{{"severity", "refusal"}, {"message", "no role \"a\""}, {"hint", "create it"}},
                         {{"severity", "warning"}, {"message", "old"}},
                         {{"severity", "refusal"}, {"message", "no role \"b\""}}}}};
  EXPECT_EQ(refusals_of(report, {}),
            (std::vector<std::string>{"pghaul: error: no role \"a\"\n  hint: create it",
                                      "pghaul: error: no role \"b\""}));
}

}  // namespace
}  // namespace pghaul::command

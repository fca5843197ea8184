#include "pghaul/prompt.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

const json kNotEmpty = {{"severity", "refusal"},
                        {"code", "target_not_empty"},
                        {"message", "the target database \"new\" is not empty (table: 12)"}};
const json kMissingRole = {{"severity", "refusal"}, {"code", "missing_role"}};
const json kWarning = {{"severity", "warning"}, {"code", "source_newer"}};

json refused(const std::vector<json>& findings) {
  return {{"source", {{"database", "old"}, {"description", "old on db1"}, {"server_version", "15.20"}}},
          {"target", {{"database", "new"}, {"description", "new on db2"}, {"server_version", "17.10"}}},
          {"findings", findings}};
}

TEST(Prompt, IsForATargetThatNeedsNothingButConfirmation) {
  EXPECT_TRUE(only_confirmation_is_missing(refused({kNotEmpty})));
  EXPECT_TRUE(only_confirmation_is_missing(refused({kWarning, kNotEmpty})));
  EXPECT_FALSE(only_confirmation_is_missing(refused({kNotEmpty, kMissingRole})));
  EXPECT_FALSE(only_confirmation_is_missing(refused({kWarning})));
  EXPECT_FALSE(only_confirmation_is_missing(json::object()));
}

TEST(Prompt, NamesSourceAndTargetAndWhatWillBeRemoved) {
  EXPECT_EQ(destruction_warning(refused({kNotEmpty}), 80, {}),
            "!  WARNING: destructive action\n"
            "!  source  old on db1 (PostgreSQL 15.20)\n"
            "!  target  new on db2 (PostgreSQL 17.10)\n"
            "!  \n"
            "!  the target database \"new\" is not empty (table: 12)\n"
            "!  All of that will be removed, and replaced by a copy of the source.\n"
            "!  To proceed, type new (or give it beforehand by --confirm).\n"
            "> ");
}

}  // namespace
}  // namespace pghaul::command

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

TEST(Prompt, ShowsSizesWhereTheyAreKnown) {
  json report = refused({kNotEmpty});
  report["source"]["bytes"] = 7'000'000;
  report["target"]["bytes"] = 90'000'000'000;
  const std::string warning = destruction_warning(report, 80, {});
  EXPECT_NE(warning.find("old on db1 (PostgreSQL 15.20), 7.00 MB on disk"), std::string::npos) << warning;
  EXPECT_NE(warning.find("new on db2 (PostgreSQL 17.10), 90.0 GB on disk"), std::string::npos) << warning;
}

TEST(Prompt, IsForAPasswordThatAServerWantsAndNobodyGave) {
  EXPECT_EQ(end_without_password("cannot connect to the source: fe_sendauth: no password supplied"),
            "source");
  EXPECT_EQ(end_without_password("cannot connect to the target: fe_sendauth: no password supplied"),
            "target");
  EXPECT_EQ(end_without_password("cannot connect to the target: password authentication failed"),
            std::nullopt);
}

}  // namespace
}  // namespace pghaul::command

#include "job/check_parts.h"

#include <gtest/gtest.h>

namespace pghaul::job {
namespace {

discovery::Options with(std::initializer_list<std::pair<const char*, const char*>> settings) {
  discovery::Options options;
  for (const auto& [name, value] : settings) {
    EXPECT_TRUE(options.set(name, value)) << name;
  }
  return options;
}

TEST(CheckParts, LetsPartsBeCopied) {
  EXPECT_TRUE(check_parts({}));
  EXPECT_TRUE(check_parts(with({{"follow", "true"}})));
  EXPECT_TRUE(check_parts(with({{"schema-only", "true"}, {"target", "archive:/a"}})));
  EXPECT_TRUE(check_parts(with({{"data-only", "true"}, {"source", "archive:/a"}, {"resume", "true"}})));
  EXPECT_TRUE(check_parts(with({{"exclude-table-data", "a"}, {"where", "b=true"}, {"rehearse", "true"}})));
}

TEST(CheckParts, TakesSectionsThatMakeAPartOfTheirOwn) {
  const discovery::Options definitions = with({{"section", "post-data"}, {"section", "pre-data"}});
  EXPECT_TRUE(check_parts(definitions));
  EXPECT_TRUE(definitions.schema_only);
  const discovery::Options rows = with({{"section", "data"}});
  EXPECT_TRUE(check_parts(rows));
  EXPECT_TRUE(rows.data_only);
  const discovery::Options all =
      with({{"section", "data"}, {"section", "pre-data"}, {"section", "post-data"}});
  EXPECT_TRUE(check_parts(all));
  EXPECT_FALSE(all.schema_only || all.data_only);
}

TEST(CheckParts, RefusesTablesWithoutTheirKeysAndKeysWithoutTables) {
  for (const auto& options : {with({{"section", "pre-data"}}), with({{"section", "post-data"}}),
                              with({{"section", "pre-data"}, {"section", "data"}}),
                              with({{"section", "data"}, {"section", "post-data"}})}) {
    const Status checked = check_parts(options);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::usage);
  }
}

TEST(CheckParts, RefusesWhatDoesNotGoTogether) {
  for (const auto& options :
       {with({{"schema-only", "true"}, {"data-only", "true"}}),
        with({{"schema-only", "true"}, {"follow", "true"}}),
        with({{"schema-only", "true"}, {"discard", "true"}}),
        with({{"data-only", "true"}, {"follow", "true"}}), with({{"data-only", "true"}, {"confirm", "shop"}}),
        with({{"data-only", "true"}, {"rehearse", "true"}}),
        with({{"data-only", "true"}, {"open-after", "keys"}}),
        with({{"data-only", "true"}, {"target", "archive:/a"}}),
        with({{"exclude-table-data", "a"}, {"follow", "true"}}),
        with({{"where", "a=true"}, {"follow", "true"}})}) {
    const Status checked = check_parts(options);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::usage);
    EXPECT_FALSE(checked.error().hint.empty());
  }
}

}  // namespace
}  // namespace pghaul::job

#include "schema/excluded_entries.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::schema {
namespace {

const std::vector<Entry> kEntries = {
    {.dump_id = 1, .catalog = 3079, .oid = 101, .kind = "EXTENSION", .text = "- hstore "},
    {.dump_id = 2, .kind = "COMMENT", .text = "- EXTENSION hstore ", .depends_on = {1}},
    {.dump_id = 3, .catalog = 3079, .oid = 103, .kind = "EXTENSION", .text = "- Odd Name "},
    {.dump_id = 4, .catalog = 1259, .oid = 104, .kind = "TABLE", .text = "app t owner", .depends_on = {1}},
    {.dump_id = 5, .kind = "SECURITY LABEL", .text = "app TABLE t owner", .depends_on = {4}},
    {.dump_id = 6, .kind = "COMMENT", .text = "app TABLE t owner", .depends_on = {4}},
    {.dump_id = 7, .catalog = 6104, .oid = 107, .kind = "PUBLICATION", .text = "- pub owner"},
    {.dump_id = 8, .kind = "SECURITY LABEL", .text = "- PUBLICATION pub owner", .depends_on = {7}},
    {.dump_id = 9, .catalog = 6106, .oid = 109, .kind = "PUBLICATION TABLE", .text = "app pub t owner"},
    {.dump_id = 10, .catalog = 6100, .oid = 110, .kind = "SUBSCRIPTION", .text = "- sub owner"},
    {.dump_id = 11, .catalog = 3466, .oid = 111, .kind = "EVENT TRIGGER", .text = "- watch owner"},
};

std::set<int> excluded(const Filters& filters) {
  const Result<std::set<int>> ids = excluded_entries(kEntries, filters);
  EXPECT_TRUE(ids) << ids.error().message;
  return ids ? *ids : std::set<int>{};
}

TEST(ExcludedEntries, AreNoneUnlessAsked) {
  EXPECT_EQ(excluded({}), std::set<int>());
  EXPECT_EQ(excluded({.tables = {"nothing"}}), std::set<int>());
}

TEST(ExcludedEntries, AreThoseOfAKindAndWhatBelongsToThem) {
  EXPECT_EQ(excluded({.with_comments = false}), (std::set<int>{2, 6}));
  EXPECT_EQ(excluded({.with_security_labels = false}), (std::set<int>{5, 8}));
  EXPECT_EQ(excluded({.with_publications = false}), (std::set<int>{7, 8, 9}));
  EXPECT_EQ(excluded({.with_subscriptions = false}), (std::set<int>{10}));
  EXPECT_EQ(excluded({.with_event_triggers = false}), (std::set<int>{11}));
}

TEST(ExcludedEntries, AreExtensionsByPatternsButNotWhatNeedsThem) {
  EXPECT_EQ(excluded({.extensions = {"h?tore"}}), (std::set<int>{3}));
  EXPECT_EQ(excluded({.extensions = {"\"Odd Name\""}}), (std::set<int>{1, 2}));
  EXPECT_EQ(excluded({.excluded_extensions = {"*"}}), (std::set<int>{1, 2, 3}));
  EXPECT_EQ(excluded({.extensions = {"*"}, .excluded_extensions = {"hstore"}}), (std::set<int>{1, 2}));
}

TEST(ExcludedEntries, NeedAMatchForEachPatternOfExtensionsToTake) {
  const Result<std::set<int>> ids = excluded_entries(kEntries, {.extensions = {"hstore", "odd*"}});
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, ErrorCode::usage);
  EXPECT_EQ(ids.error().message, "no matching extensions were found for pattern \"odd*\"");
}

}  // namespace
}  // namespace pghaul::schema

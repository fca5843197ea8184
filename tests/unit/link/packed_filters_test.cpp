#include "link/packed_filters.h"

#include <gtest/gtest.h>

#include <tuple>

namespace pghaul::link {
namespace {

/// Names every member, so that a new one does not compile before it stands here.
auto members(const schema::Filters& filters) {
  const auto& [schemas, not_schemas, tables, not_tables, extensions, not_extensions, unreadable, owner, acl,
               comments, labels, publications, subscriptions, event_triggers, tablespaces] = filters;
  std::vector<std::string> unreadable_names;
  for (const catalog::Name& name : unreadable) unreadable_names.push_back(shown(name));
  return std::tuple(schemas, not_schemas, tables, not_tables, extensions, not_extensions, unreadable_names,
                    owner, acl, comments, labels, publications, subscriptions, event_triggers, tablespaces);
}

TEST(PackedFilters, ComeBackAsTheyWereWhateverIsGiven) {
  schema::Filters filters;
  EXPECT_EQ(members(unpack_filters(pack_filters(filters))), members(filters));
  filters = {.schemas = {"a", "b*"},
             .excluded_schemas = {"c"},
             .tables = {"d.e", "\"F\".\"g h\"", ""},
             .excluded_tables = {"i"},
             .extensions = {"j"},
             .excluded_extensions = {"k", "l"},
             .unreadable = {{"m", "n"}, {"o", "p"}},
             .with_owner = false,
             .with_acl = false,
             .with_comments = false,
             .with_security_labels = false,
             .with_publications = false,
             .with_subscriptions = false,
             .with_event_triggers = false,
             .with_tablespaces = false};
  EXPECT_EQ(members(unpack_filters(pack_filters(filters))), members(filters));
}

TEST(PackedFilters, KeepTheOrderOfManyPatterns) {
  schema::Filters filters;
  for (int i = 0; i < 1'200; ++i) filters.tables.push_back(std::to_string(i));
  EXPECT_EQ(unpack_filters(pack_filters(filters)).tables, filters.tables);
}

TEST(PackedFilters, TellListsApartWhereOneNameBeginsAsAnother) {
  Fields fields;
  add_list(fields, "table", {"a"});
  add_list(fields, "table-data", {"b"});
  EXPECT_EQ(list_in(fields, "table"), std::vector<std::string>{"a"});
  EXPECT_EQ(list_in(fields, "table-data"), std::vector<std::string>{"b"});
  EXPECT_TRUE(list_in(fields, "tab").empty());
}

TEST(PackedFilters, IgnoreTheNameOfAnUnreadableTableWithoutItsSchema) {
  Fields fields;
  add_list(fields, "unreadable-schema", {"a"});
  add_list(fields, "unreadable-name", {"b", "c"});
  EXPECT_EQ(unpack_filters(fields).unreadable.size(), 1U);
}

}  // namespace
}  // namespace pghaul::link

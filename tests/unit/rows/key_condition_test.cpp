#include "rows/key_condition.h"

#include <gtest/gtest.h>

namespace pghaul::rows {
namespace {

catalog::Relation table() {
  catalog::Relation table;
  table.columns = {{.name = "id", .type = 23, .type_text = "integer"},
                   {.name = "day", .type = 1082, .type_text = "date"},
                   {.name = "tag", .type = 20000, .type_text = "public.citext"},
                   {.name = "twice", .type = 23, .type_text = "integer", .generated = true}};
  return table;
}

TEST(KeyCondition, FindsRowsByOneColumnOrSeveral) {
  using Keys = std::vector<std::vector<std::string_view>>;
  EXPECT_EQ(key_condition(table(), {"id"}, Keys{{"1"}, {"-2"}}), R"("id" = ANY ('{"1","-2"}'::integer[]))");
  EXPECT_EQ(key_condition(table(), {"day", "id"}, Keys{{"2026-01-01", "1"}, {"it's \"a\\b\"", "2"}}),
            R"(("day", "id") IN (SELECT * FROM ROWS FROM)"
            R"( (pg_catalog.unnest( E'{"2026-01-01","it''s \\"a\\\\b\\""}'::date[]),)"
            R"( pg_catalog.unnest('{"1","2"}'::integer[])) AS keys))");
}

TEST(KeyCondition, IsForCopiedColumnsOfPostgresOwnTypes) {
  EXPECT_TRUE(can_find_by(table(), {"day", "id"}));
  EXPECT_FALSE(can_find_by(table(), {"id", "tag"}));
  EXPECT_FALSE(can_find_by(table(), {"twice"}));
  EXPECT_FALSE(can_find_by(table(), {"gone"}));
  EXPECT_FALSE(can_find_by(table(), {}));
}

}  // namespace
}  // namespace pghaul::rows

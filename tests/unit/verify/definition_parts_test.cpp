#include "verify/definition_parts.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pghaul::verify {
namespace {

using Texts = std::vector<std::string>;

/// Returns the frame with a visible mark.
std::string frame_of(const std::string& definition) {
  std::string frame = take_apart(definition).frame;
  std::ranges::replace(frame, '\x01', '#');
  return frame;
}

TEST(DefinitionParts, OfAnIndexAreItsKeysAndItsCondition) {
  const std::string index =
      R"(CREATE UNIQUE INDEX "i (" ON "s"."t" USING btree ("a", lower(("b")::text) text_pattern_ops DESC, )"
      R"((("a" + 1)) COLLATE "C") INCLUDE ("c") WITH (fillfactor='50') WHERE (("a" > 0) AND "b"))";
  EXPECT_EQ(
      frame_of(index),
      R"(CREATE UNIQUE INDEX "i (" ON "s"."t" USING btree ("a", # text_pattern_ops DESC, # COLLATE "C") )"
      R"(INCLUDE ("c") WITH (fillfactor='50') WHERE #)");
  EXPECT_EQ(take_apart(index).expressions,
            (Texts{R"(lower(("b")::text))", R"((("a" + 1)))", R"((("a" > 0) AND "b"))"}));
  EXPECT_EQ(take_apart(R"(CREATE INDEX "i" ON "t" USING btree ("a") WHERE "flag")").expressions,
            Texts{R"("flag")"});
}

TEST(DefinitionParts, OfConstraints) {
  EXPECT_EQ(frame_of(R"(CHECK (("a" > 0)) NO INHERIT NOT VALID)"), "CHECK # NO INHERIT NOT VALID");
  EXPECT_EQ(
      frame_of(R"(EXCLUDE USING gist ("c" WITH =, lower("d") WITH =) WHERE (("e" = 'WHERE (')) DEFERRABLE)"),
      R"(EXCLUDE USING gist ("c" WITH =, # WITH =) WHERE # DEFERRABLE)");
  const std::string key = R"(FOREIGN KEY ("a", "b") REFERENCES "s"."t"("c", "d") ON DELETE CASCADE)";
  EXPECT_EQ(frame_of(key), key);
}

TEST(DefinitionParts, OfTriggersPartitionKeysAndStatistics) {
  EXPECT_EQ(
      frame_of(R"(CREATE TRIGGER "WHEN" BEFORE UPDATE OF "a" ON "s"."t" FOR EACH ROW WHEN (("old"."a" > 1)) )"
               R"(EXECUTE FUNCTION "s"."f"('a (', 'b'))"),
      R"(CREATE TRIGGER "WHEN" BEFORE UPDATE OF "a" ON "s"."t" FOR EACH ROW WHEN # EXECUTE FUNCTION )"
      R"("s"."f"('a (', 'b'))");
  EXPECT_EQ(frame_of(R"(RANGE ("a", EXTRACT(year FROM "b"), (("c" || 'x')) COLLATE "C"))"),
            R"(RANGE ("a", #, # COLLATE "C"))");
  EXPECT_EQ(frame_of(R"(CREATE STATISTICS "s"."x" (mcv) ON "a", ("b" + 1), lower("c") FROM "s"."t")"),
            R"(CREATE STATISTICS "s"."x" (mcv) ON "a", #, # FROM "s"."t")");
}

TEST(DefinitionParts, TakesWhatEndsInTheMiddle) {
  for (const char* text :
       {"", "CHECK", "CHECK (", "WHERE", "USING btree (lower(", "STATISTICS ON", "a, (b"}) {
    EXPECT_NO_FATAL_FAILURE((void)take_apart(text));
  }
}

}  // namespace
}  // namespace pghaul::verify

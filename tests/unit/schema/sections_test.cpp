#include "schema/sections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace pghaul::schema {
namespace {

/// An entry whose OID is its dump id.
Entry entry(int id, const std::string& kind, const std::string& text, bool post_data = false,
            std::vector<int> depends_on = {}) {
  return {.dump_id = id,
          .catalog = 1,
          .oid = static_cast<std::uint32_t>(id),
          .kind = kind,
          .text = text,
          .depends_on = std::move(depends_on),
          .post_data = post_data};
}

catalog::Catalog with_constraints(const std::vector<catalog::Oid>& oids) {
  catalog::Catalog catalog;
  for (const catalog::Oid oid : oids) catalog.constraints.push_back({.oid = oid});
  return catalog;
}

std::vector<int> ids(const std::vector<Entry>& entries) {
  std::vector<int> result;
  std::ranges::transform(entries, std::back_inserter(result), &Entry::dump_id);
  return result;
}

using Ids = std::vector<int>;

TEST(Sections, LeaveToUsWhatWeBuildOurselves) {
  const Sections sections =
      divide({entry(1, "TABLE", "app t o"), entry(2, "TABLE DATA", "app t o"),
              entry(3, "SEQUENCE SET", "app s o"), entry(4, "INDEX", "app i o", true),
              entry(5, "CONSTRAINT", "app t k o", true), entry(6, "FK CONSTRAINT", "app t f o", true),
              entry(7, "INDEX ATTACH", "app i o", true), entry(8, "MATERIALIZED VIEW DATA", "app m o", true)},
             with_constraints({5, 6}), true);
  EXPECT_EQ(ids(sections.before_data), Ids{1});
  EXPECT_TRUE(sections.after_data.empty());
  EXPECT_TRUE(sections.at_the_end.empty());
}

TEST(Sections, RestoreConstraintsThatAreNoKeys) {
  const Sections sections =
      divide({entry(1, "TABLE", "app t o"), entry(2, "CHECK CONSTRAINT", "app t c o", true, {1}),
              entry(3, "CONSTRAINT", "app t not_null o", true, {1}),
              entry(4, "COMMENT", "app CONSTRAINT not_null ON t o", true, {3})},
             with_constraints({}), true);
  EXPECT_EQ(ids(sections.after_data), (Ids{2, 3, 4}));
}

TEST(Sections, CommentOnOursWhenEverythingStands) {
  const Sections sections =
      divide({entry(1, "TABLE", "app t o"), entry(2, "COMMENT", "app TABLE t o", false, {1}),
              entry(3, "INDEX", "app i o", true, {1}), entry(4, "COMMENT", "app INDEX i o", true, {3}),
              entry(5, "FK CONSTRAINT", "app t f o", true, {1}),
              entry(6, "COMMENT", "app CONSTRAINT f ON t o", true, {5})},
             with_constraints({5}), true);
  EXPECT_EQ(ids(sections.before_data), (Ids{1, 2}));
  EXPECT_TRUE(sections.after_data.empty());
  EXPECT_EQ(ids(sections.at_the_end), (Ids{4, 6}));
}

TEST(Sections, LeaveOutAForeignKeyToWhatIsNotCopiedWithItsComment) {
  const Sections sections =
      divide({entry(1, "TABLE", "app t o"), entry(2, "FK CONSTRAINT", "app t f o", true, {1}),
              entry(3, "COMMENT", "app CONSTRAINT f ON t o", true, {2})},
             with_constraints({}), true);
  EXPECT_EQ(ids(sections.before_data), Ids{1});
  EXPECT_TRUE(sections.after_data.empty());
  EXPECT_TRUE(sections.at_the_end.empty());
}

TEST(Sections, MakeStatisticsBeforeTheRowsUnlessTheirTableComesLater) {
  const Sections sections = divide(
      {entry(1, "TABLE", "app t o"), entry(2, "MATERIALIZED VIEW", "app m o", true, {1}),
       entry(3, "STATISTICS", "app s o", true, {1, 99}), entry(4, "COMMENT", "app STATISTICS s o", true, {3}),
       entry(5, "STATISTICS", "app late o", true, {2, 1})},
      with_constraints({}), true);
  EXPECT_EQ(ids(sections.before_data), (Ids{1, 3, 4}));
  EXPECT_EQ(ids(sections.after_data), (Ids{2, 5}));
}

TEST(Sections, KeepForTheEndWhatWouldGetInTheWay) {
  const Sections sections = divide(
      {entry(1, "TRIGGER", "app t x o", true), entry(2, "POLICY", "app t p o", true),
       entry(3, "ROW SECURITY", "app t o", true), entry(4, "PUBLICATION", "- p o", true),
       entry(5, "PUBLICATION TABLE", "app p t o", true, {4}), entry(6, "SUBSCRIPTION", "- s o", true),
       entry(7, "DEFAULT ACL", "app DEFAULT PRIVILEGES FOR TABLES o", true),
       entry(8, "EVENT TRIGGER", "- e o", true), entry(9, "COMMENT", "- EVENT TRIGGER e o", true, {8})},
      with_constraints({}), true);
  EXPECT_EQ(ids(sections.after_data), (Ids{1, 2, 3}));
  EXPECT_EQ(ids(sections.at_the_end), (Ids{4, 5, 6, 7, 8, 9}));
}

TEST(Sections, MakeGrantsFirstThatOwnersNeedToBeGivenWhatIsTheirs) {
  const std::vector<Entry> entries = {entry(1, "SCHEMA", "- app o"),
                                      entry(2, "SCHEMA", "- own o"),
                                      entry(3, "TABLE", "app t other"),
                                      entry(4, "TABLE", "own t o"),
                                      entry(5, "ACL", "- SCHEMA \"app\" o", false, {1}),
                                      entry(6, "ACL", "- SCHEMA own o", false, {2}),
                                      entry(7, "ACL", "app TABLE t other", false, {3})};
  Sections sections = divide(entries, with_constraints({}), false);
  bring_grants_forward(sections, entries, {"o", "other"}, "o");
  EXPECT_EQ(ids(sections.schemas_first), (Ids{1, 2, 5}));
  EXPECT_EQ(ids(sections.before_data), (Ids{3, 4}));
  EXPECT_EQ(ids(sections.after_data), (Ids{6, 7}));
}

TEST(Sections, KnowTheSchemaOfGrantsWhateverItsOwnerIsCalled) {
  const std::vector<Entry> entries = {entry(1, "SCHEMA", "- a \"b c shop owner"),
                                      entry(2, "TABLE", "a \"b c t other"),
                                      entry(3, "ACL", "- SCHEMA \"a \"\"b c\" shop owner", false, {1})};
  Sections sections = divide(entries, with_constraints({}), false);
  bring_grants_forward(sections, entries, {"shop owner", "other"}, "shop owner");
  EXPECT_EQ(ids(sections.schemas_first), (Ids{1, 3}));
}

TEST(Sections, MakeGrantsFirstThoughAnotherOwnersNameEndsLikeTheRoles) {
  const std::vector<Entry> entries = {entry(1, "SCHEMA", "- app owner"),
                                      entry(2, "TABLE", "app t shop owner"),
                                      entry(3, "ACL", "- SCHEMA app owner", false, {1})};
  Sections sections = divide(entries, with_constraints({}), false);
  bring_grants_forward(sections, entries, {"owner", "shop owner"}, "owner");
  EXPECT_EQ(ids(sections.schemas_first), (Ids{1, 3}));
}

TEST(Sections, MakeWhatATableNeedsBeforeItThoughItIsPostData) {
  const std::vector<Entry> entries = {entry(1, "TABLE", "app p o"),
                                      entry(2, "CONSTRAINT", "app p pkey o", true, {1}),
                                      entry(3, "FUNCTION", "app grouped() o", true, {1, 2}),
                                      entry(4, "DOMAIN", "app d o", false, {3}),
                                      entry(5, "TABLE", "app t o", false, {4}),
                                      entry(6, "CONSTRAINT", "app t pkey o", true, {5}),
                                      entry(7, "FUNCTION", "app not_needed() o", true, {6}),
                                      entry(8, "INDEX", "app i o", true, {5, 7}),
                                      entry(9, "FK CONSTRAINT", "app t f o", true, {2, 5})};
  const Sections sections = divide(entries, with_constraints({2, 6, 9}), true);
  EXPECT_EQ(ids(sections.before_data), (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(sections.keys_before_data, std::set<catalog::Oid>{2});
  EXPECT_EQ(ids(sections.after_data), Ids{7});
}

TEST(Sections, KnowWhetherWhatComesAfterTheRowsChangesQueries) {
  const auto changes = [](const std::string& kind) {
    return changes_queries(divide({entry(1, kind, "app t x o", true)}, with_constraints({}), true));
  };
  for (const char* kind : {"TRIGGER", "CHECK CONSTRAINT", "COMMENT", "INDEX"})
    EXPECT_FALSE(changes(kind)) << kind;
  for (const char* kind : {"ROW SECURITY", "POLICY", "RULE", "VIEW", "FUNCTION"})
    EXPECT_TRUE(changes(kind)) << kind;
}

TEST(Sections, ApplyPrivilegesEarlyOnlyWhenTheyCanNotStopUs) {
  const std::vector<Entry> entries = {entry(1, "TABLE", "app t o"),
                                      entry(2, "ACL", "app TABLE t o", false, {1}),
                                      entry(3, "ACL", "- SCHEMA public o", false, {77})};
  const Sections as_superuser = divide(entries, with_constraints({}), true);
  EXPECT_EQ(ids(as_superuser.before_data), (Ids{1, 2, 3}));
  const Sections as_other = divide(entries, with_constraints({}), false);
  EXPECT_EQ(ids(as_other.before_data), Ids{1});
  EXPECT_EQ(ids(as_other.after_data), (Ids{2, 3}));
}

TEST(Sections, CommentOnExtensionsOnlyAsASuperuser) {
  const std::vector<Entry> entries = {entry(1, "EXTENSION", "- hstore "),
                                      entry(2, "COMMENT", "- EXTENSION hstore ", false, {1})};
  EXPECT_EQ(ids(divide(entries, with_constraints({}), true).before_data), (Ids{1, 2}));
  EXPECT_EQ(ids(divide(entries, with_constraints({}), false).before_data), Ids{1});
}

}  // namespace
}  // namespace pghaul::schema

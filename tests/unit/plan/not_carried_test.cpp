#include "plan/not_carried.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

class NotCarriedOf : public testing::Test {
 protected:
  std::vector<std::string> codes(bool with_large_objects = true) {
    std::vector<std::string> codes;
    for (const NotCarried& one : not_carried(source_.catalog, with_large_objects)) codes.push_back(one.code);
    return codes;
  }
  using Codes = std::vector<std::string>;
  support::CatalogBuilder source_;
};

TEST_F(NotCarriedOf, NamesEachTableThatCannotBeRead) {
  source_.catalog.server.role = "app";
  catalog::Relation& table = source_.relation(source_.table("secret"));
  table.readable = false;
  table.unreadable_reason = "the role has no SELECT on it";
  EXPECT_EQ(codes(), Codes{"unreadable_table"});
  const Finding finding = refusal_of(not_carried(source_.catalog, true).front(), false);
  EXPECT_EQ(finding.object, "table public.secret");
  EXPECT_EQ(finding.message, "table public.secret can't be copied: the role has no SELECT on it");
  EXPECT_EQ(finding.hint,
            "GRANT SELECT ON public.secret TO app, or connect as its owner, or leave it out with -T; "
            "--skip-unreadable copies everything else");
  EXPECT_EQ(refusal_of(not_carried(source_.catalog, true).front(), true).hint,
            "GRANT SELECT ON public.secret TO app, or connect as its owner; then resume it: a copy that has "
            "begun can't leave it out any more");
  EXPECT_TRUE(is_unreadable(finding));
}

TEST_F(NotCarriedOf, DoesNotNeedToReadAMaterializedView) {
  source_.relation(source_.view("v", {})).readable = false;
  EXPECT_EQ(codes(), Codes{});
}

TEST_F(NotCarriedOf, NamesSequencesWhoseValueIsHidden) {
  source_.catalog.sequences = {{.oid = 1, .name = {"public", "s"}, .unreadable_reason = "no"},
                               {.oid = 2, .name = {"public", "t"}}};
  EXPECT_EQ(codes(), Codes{"unreadable_sequence"});
}

TEST_F(NotCarriedOf, CountsUnreadableLargeObjectsUnlessNoneAreWanted) {
  source_.catalog.large_objects = {.count = 9, .unreadable = {7, 8}};
  EXPECT_EQ(codes(), Codes{"unreadable_large_objects"});
  EXPECT_EQ(not_carried(source_.catalog, true).front().object, "2 of 9 large objects");
  EXPECT_EQ(codes(false), Codes{});
}

TEST_F(NotCarriedOf, NamesWhatLivesElsewhere) {
  catalog::Relation& table = source_.relation(source_.table("far"));
  table.kind = 'f';
  table.readable = false;
  source_.catalog.subscriptions = {"follows"};
  source_.catalog.hidden_mappings = {{"public", "there"}};
  EXPECT_EQ(codes(), (Codes{"foreign_table", "subscription_state", "hidden_options"}));
  EXPECT_FALSE(is_unreadable(refusal_of(not_carried(source_.catalog, true).front(), false)));
}

TEST(OutOfReach, IsWhatTheTargetsRoleMayNotMakeThere) {
  catalog::Server target;
  target.role = "app";
  target.roles = {"app", "reader"};
  target.database_owner = "app";
  target.closed_settings = {"log_statement"};
  const catalog::DatabaseSetting plain{"", "work_mem", "1MB"};
  EXPECT_EQ(why_out_of_reach(plain, target), "role app does not own the target database");
  target.owns_database = true;
  EXPECT_EQ(why_out_of_reach(plain, target), "");
  EXPECT_EQ(why_out_of_reach(catalog::DatabaseSetting{"", "log_statement", "ddl"}, target),
            "role app of the target may not set log_statement");
  EXPECT_EQ(why_out_of_reach(catalog::DatabaseSetting{"gone", "work_mem", "1MB"}, target),
            "the target has no role gone");
  EXPECT_EQ(why_out_of_reach(catalog::DatabaseSetting{"reader", "work_mem", "1MB"}, target),
            "role app of the target may not alter role reader");
  EXPECT_EQ(why_out_of_reach(catalog::DatabaseSetting{"app", "work_mem", "1MB"}, target), "");
  catalog::DatabaseProperty owner{.kind = 'o', .name = "owner", .role = "reader"};
  EXPECT_EQ(why_out_of_reach(owner, target), "only a superuser may change the owner of the target database");
  target.superuser = true;
  EXPECT_EQ(why_out_of_reach(owner, target), "");
  owner.role = "gone";
  EXPECT_EQ(why_out_of_reach(owner, target), "the target has no role gone");
}

}  // namespace
}  // namespace pghaul::plan

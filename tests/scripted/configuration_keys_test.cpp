#include "tasks/configuration_keys.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using tasks::ConfigurationKeys;

class ConfigurationKeysByScript : public testing::Test {
 protected:
  const std::vector<catalog::Name> tables = {{"public", "lines"}, {"public", "o'r\"ders"}};
  const std::string asked = "SELECT k.conrelid::regclass, k.conname, k.condeferrable, k.condeferred…";
  ScriptedLibpq server;
  postgres::Connection target = server.open();
};

TEST_F(ConfigurationKeysByScript, AreNoneOfASingleTableWhichNobodyIsAskedAbout) {
  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(target, {tables[0]});
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->check(target));
}

TEST_F(ConfigurationKeysByScript, AreLookedForInTheOrderInWhichTheTablesAreFilled) {
  const std::string order =
      "(VALUES ('\"public\".\"lines\"'::regclass, 0), ('\"public\".\"o''r\"\"ders\"'::regclass, 1))";
  server.expect_statement(
      "SELECT k.conrelid::regclass, k.conname, k.condeferrable, k.condeferred FROM pg_catalog.pg_constraint "
      "AS k"
      " JOIN " +
          order +
          " AS own(relation, place) ON own.relation = k.conrelid"
          " JOIN " +
          order +
          " AS other(relation, place) ON other.relation = k.confrelid"
          " WHERE k.contype = 'f' AND other.place > own.place ORDER BY 1, 2",
      {rows({})});
  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(target, tables);
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->check(target));
}

TEST_F(ConfigurationKeysByScript, AreDeferredThenCheckedAndMadeWhatTheyWere) {
  server.expect_statement(asked,
                          {rows({{"public.lines", "K1", "f", "f"}, {"public.lines", "k2", "t", "t"}})});
  for (const char* key : {"\"K1\"", "\"k2\""})
    server.expect_statement(
        std::string("ALTER TABLE public.lines ALTER CONSTRAINT ") + key + " DEFERRABLE INITIALLY DEFERRED",
        {done()});
  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(target, tables);
  ASSERT_TRUE(keys);
  server.expect_statement(
      "SET CONSTRAINTS ALL IMMEDIATE;"
      "ALTER TABLE public.lines ALTER CONSTRAINT \"K1\" NOT DEFERRABLE INITIALLY IMMEDIATE;"
      "ALTER TABLE public.lines ALTER CONSTRAINT \"k2\" DEFERRABLE INITIALLY DEFERRED;",
      {done()});
  EXPECT_TRUE(keys->check(target));
}

TEST_F(ConfigurationKeysByScript, ThatDoNotHoldAreAnErrorOfTheCheck) {
  server.expect_statement(asked, {rows({{"public.lines", "k", "f", "f"}})});
  server.expect_statement("ALTER TABLE …", {done()});
  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(target, tables);
  ASSERT_TRUE(keys);
  server.expect_statement("SET CONSTRAINTS …", {refusal("23503", "key (order)=(5) is not present")});
  const Status checked = keys->check(target);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().sqlstate, "23503");
  EXPECT_TRUE(checked.error().message.starts_with("checking the keys of extensions' tables"));
}

TEST_F(ConfigurationKeysByScript, ThatMayNotBeDeferredAreAnErrorAtOnce) {
  server.expect_statement(asked, {rows({{"public.lines", "k", "f", "f"}})});
  server.expect_statement("ALTER TABLE …", {refusal("42501", "must be owner of table lines")});
  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(target, tables);
  ASSERT_FALSE(keys);
  EXPECT_TRUE(keys.error().message.starts_with("deferring keys of extensions' tables"));
}

}  // namespace
}  // namespace pghaul::scripted

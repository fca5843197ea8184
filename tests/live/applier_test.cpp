// The strict applier under messages that no server sends in this order.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "follow/strict_applier.h"
#include "live/logical_server.h"
#include "support/database.h"

namespace pghaul::follow {
namespace {

using changes::Value;

constexpr std::uint32_t kInt4 = 23;
constexpr std::uint32_t kText = 25;

class Applying : public testing::Test {
 protected:
  void SetUp() override {
    database_.psql("CREATE TABLE t (id int PRIMARY KEY, a text); CREATE SCHEMA ours");
    postgres::Connection session = live::session_to(database_.uri(), postgres::Side::target);
    ASSERT_TRUE(table_.create(session));
    ASSERT_TRUE(table_.insert(session, {.slot = "s", .system_identifier = "1", .position = {1000}}));
    open();
  }
  void open() {
    applier_.reset();  // a second one would wait for it
    Result<std::unique_ptr<StrictApplier>> applier =
        StrictApplier::open(*postgres::ConnectionString::parse(database_.uri()), {}, table_, "s",
                            {.transactions = 1, .durability_interval = {}, .idle_interval = {}}, {});
    ASSERT_TRUE(applier) << applier.error().message;
    applier_ = std::move(*applier);
    ASSERT_TRUE(applier_->take(changes::Description{&t_}));
  }
  /// Takes a transaction that inserts a row; its commit record begins at `from`.
  Status insert(int id, std::uint64_t from, std::uint64_t to) {
    const std::string text = std::to_string(id);
    const std::vector<Value> row{{.kind = Value::Kind::text, .text = text}, {}};
    Status done = applier_->take(changes::Begin{.commit_lsn = {from}, .xid = 7});
    if (done) done = applier_->take(changes::Insert{.relation = &t_, .row = row});
    if (done) done = applier_->take(changes::Commit{.commit_lsn = {from}, .end_lsn = {to}});
    if (done) done = applier_->settle();
    return done;
  }
  /// Lets the server finish what it was sent.
  std::string after_the_end(const std::string& sql) {
    applier_.reset();
    open();
    return database_.psql(sql);
  }

  support::Database database_{live::logical_server()};
  ProgressTable table_{"ours"};
  changes::Relation t_{.oid = 5,
                       .schema = "public",
                       .name = "t",
                       .identity = changes::Identity::primary_key,
                       .columns = {{"id", kInt4, -1, true}, {"a", kText, -1, false}}};
  std::unique_ptr<StrictApplier> applier_;
};

TEST_F(Applying, LeavesOutWhatEndedAtItsPositionOrBefore) {
  ASSERT_TRUE(insert(1, 900, 950));
  ASSERT_TRUE(insert(2, 960, 1000));
  ASSERT_TRUE(insert(3, 1000, 1040));  // begins where the last one ended
  ASSERT_TRUE(insert(3, 1000, 1040));
  EXPECT_EQ(after_the_end("SELECT string_agg(id::text, ' ') FROM t"), "3");
  EXPECT_EQ(applier_->progress().position, Lsn{1040});
}

TEST_F(Applying, RefusesATransactionThatBeganBeforeTheLastOneEnded) {
  const Status done = insert(1, 990, 1010);
  ASSERT_FALSE(done);
  EXPECT_EQ(
      done.error().message,
      "the source streams a transaction that was committed from 0/3DE to 0/3F2, and one that ended at 0/3E8: "
      "its positions overlap");
}

TEST_F(Applying, KeepsThePositionThatAnIdleSourcePassed) {
  ASSERT_TRUE(applier_->pass({2000}));
  ASSERT_TRUE(applier_->pass({1500}));
  ASSERT_TRUE(insert(1, 1600, 1700));  // in what was passed by
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(applier_->progress().position, Lsn{2000});
}

TEST_F(Applying, CommitsNothingOfATransactionThatHasNotEnded) {
  const std::vector<Value> row{{.kind = Value::Kind::text, .text = "1"}, {}};
  ASSERT_TRUE(applier_->take(changes::Begin{.commit_lsn = {1000}, .xid = 7}));
  ASSERT_TRUE(applier_->take(changes::Insert{.relation = &t_, .row = row}));
  ASSERT_TRUE(applier_->settle());
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(applier_->progress().position, Lsn{1000});
}

TEST_F(Applying, SaysWhatIsDurableOnlyOnceItIs) {
  EXPECT_EQ(applier_->durable(), Lsn{});
  ASSERT_TRUE(insert(1, 1000, 1040));
  while (applier_->durable() < Lsn{1040}) ASSERT_TRUE(applier_->settle());
  EXPECT_EQ(applier_->durable(), Lsn{1040});
}

TEST_F(Applying, TakesATableAnewWhenItsDescriptionChanges) {
  ASSERT_TRUE(insert(1, 1000, 1040));
  database_.psql("ALTER TABLE t RENAME a TO b");
  t_.columns[1].name = "b";
  ASSERT_TRUE(applier_->take(changes::Description{&t_}));
  ASSERT_TRUE(insert(2, 1050, 1090));
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "2");
}

TEST_F(Applying, RefusesARoleThatMayNotSilenceTriggers) {
  database_.psql(
      "DROP ROLE IF EXISTS no_superuser; CREATE ROLE no_superuser LOGIN; GRANT USAGE ON SCHEMA ours TO"
      " no_superuser; GRANT SELECT, UPDATE ON ours.follow_progress TO no_superuser");
  applier_.reset();
  postgres::ConnectionString target = *postgres::ConnectionString::parse(database_.uri());
  std::map<std::string, std::string> keywords = target.keywords();
  keywords["user"] = "no_superuser";
  const auto applier = StrictApplier::open(postgres::ConnectionString(keywords), {}, table_, "s", {}, {});
  database_.psql("DROP OWNED BY no_superuser; DROP ROLE no_superuser");
  ASSERT_FALSE(applier);
  EXPECT_EQ(applier.error().code, ErrorCode::refused);
  EXPECT_TRUE(
      applier.error().hint.ends_with("GRANT SET ON PARAMETER session_replication_role TO no_superuser"));
}

}  // namespace
}  // namespace pghaul::follow

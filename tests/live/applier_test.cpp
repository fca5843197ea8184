// The strict applier under messages that no server sends in this order.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "follow/set_aside.h"
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
                            {.transactions = 1,
                             .durability_interval = {},
                             .idle_interval = {},
                             .longest_overlap = std::chrono::hours(1)},
                            {});
    ASSERT_TRUE(applier) << applier.error().message;
    applier_ = std::move(*applier);
    ASSERT_TRUE(applier_->take(changes::Description{&t_}));
  }
  /// Takes a transaction that inserts a row; its commit record begins at `from`.
  Status take_insert(int id, std::uint64_t from, std::uint64_t to) {
    const std::string text = std::to_string(id);
    const std::vector<Value> row{{.kind = Value::Kind::text, .text = text}, {}};
    Status done = applier_->take(changes::Begin{.commit_lsn = {from}, .xid = 7});
    if (done) done = applier_->take(changes::Insert{.relation = &t_, .row = row});
    if (done) done = applier_->take(changes::Commit{.commit_lsn = {from}, .end_lsn = {to}});
    return done;
  }
  Status insert(int id, std::uint64_t from, std::uint64_t to) {
    Status taken = take_insert(id, from, to);
    return taken ? settle() : taken;
  }
  /// Returns once all whole transactions are committed.
  Status settle() {
    for (;;) {
      const Result<bool> settled = applier_->settle();
      if (!settled) return fail(settled.error());
      if (*settled) return {};
    }
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
  applier_->pass({2000});
  applier_->pass({1500});
  ASSERT_TRUE(settle());
  ASSERT_TRUE(insert(1, 1600, 1700));  // in what was passed by
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(applier_->progress().position, Lsn{2000});
}

TEST_F(Applying, CommitsNothingOfATransactionThatHasNotEnded) {
  const std::vector<Value> row{{.kind = Value::Kind::text, .text = "1"}, {}};
  ASSERT_TRUE(applier_->take(changes::Begin{.commit_lsn = {1000}, .xid = 7}));
  ASSERT_TRUE(applier_->take(changes::Insert{.relation = &t_, .row = row}));
  ASSERT_TRUE(settle());
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(applier_->progress().position, Lsn{1000});
}

/// The source is read meanwhile.
TEST_F(Applying, DoesNotWaitForATargetThatIsBusy) {
  postgres::Connection other = live::session_to(database_.uri(), postgres::Side::target);
  ASSERT_TRUE(
      other.execute("SET idle_in_transaction_session_timeout = '20s'; BEGIN; LOCK TABLE public.t IN EXCLUSIVE"
                    " MODE"));
  ASSERT_TRUE(take_insert(1, 1000, 1040));
  const Result<bool> settled = applier_->settle();
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_FALSE(*settled);
  EXPECT_TRUE(other.execute("ROLLBACK"));
  ASSERT_TRUE(settle());
  EXPECT_EQ(after_the_end("SELECT count(*) FROM t"), "1");
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

class WithoutReplicaRole : public Applying {
 protected:
  void SetUp() override {
    Applying::SetUp();
    applier_.reset();
    database_.psql(
        "DROP ROLE IF EXISTS no_superuser; CREATE ROLE no_superuser LOGIN; GRANT USAGE, CREATE ON SCHEMA "
        "ours TO"
        " no_superuser; GRANT SELECT, UPDATE ON ours.follow_progress, ours.follow_late_tables TO "
        "no_superuser;"
        "CREATE TABLE child (id int REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE, PRIMARY KEY (id));"
        "COMMENT ON CONSTRAINT child_id_fkey ON child IS 'kept'; CREATE TABLE log (what text);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.log VALUES "
        "(tg_op);"
        " RETURN NULL; END$$;"
        "CREATE TRIGGER note AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE PROCEDURE note();"
        "CREATE TRIGGER off AFTER INSERT ON t FOR EACH ROW EXECUTE PROCEDURE note();"
        "ALTER TABLE t DISABLE TRIGGER off; CREATE RULE quiet AS ON DELETE TO t DO ALSO INSERT INTO log "
        "VALUES ('rule');"
        "ALTER TABLE t OWNER TO no_superuser; ALTER TABLE child OWNER TO no_superuser;"
        "ALTER TABLE log OWNER TO no_superuser; INSERT INTO t VALUES (1), (2); INSERT INTO child VALUES (1);"
        "TRUNCATE log");
    before_ = settings();
    std::map<std::string, std::string> keywords =
        postgres::ConnectionString::parse(database_.uri())->keywords();
    keywords["user"] = "no_superuser";
    role_ = postgres::ConnectionString(keywords);
  }
  void TearDown() override {
    applier_.reset();
    database_.psql("DROP OWNED BY no_superuser CASCADE; DROP ROLE no_superuser");
  }
  /// Everything that is set aside.
  [[nodiscard]] std::string settings() const {
    return database_.psql(
        "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;"
        "SELECT rulename, ev_enabled FROM pg_rewrite WHERE ev_class = 't'::regclass;"
        "SELECT conname, pg_get_constraintdef(oid), convalidated, obj_description(oid) FROM pg_constraint "
        "WHERE"
        " contype = 'f'");
  }
  /// Takes a transaction that deletes row 1 of t, whose child the source's stream has deleted before.
  Status remove() {
    changes::Relation child{.oid = 6,
                            .schema = "public",
                            .name = "child",
                            .identity = changes::Identity::primary_key,
                            .columns = {{"id", kInt4, -1, true}}};
    const std::vector<Value> row{{.kind = Value::Kind::text, .text = "1"}, {}};
    Status done = applier_->take(changes::Begin{.commit_lsn = {1000}, .xid = 7});
    if (done) done = applier_->take(changes::Description{&child});
    if (done) done = applier_->take(changes::Description{&t_});
    if (done) done = applier_->take(changes::Delete{.relation = &t_, .old = row});
    if (done) done = applier_->take(changes::Delete{.relation = &child, .old = {row.data(), 1}});
    if (done) done = applier_->take(changes::Commit{.commit_lsn = {1000}, .end_lsn = {1040}});
    return done ? settle() : done;
  }
  void open_as_role() {
    Result<std::unique_ptr<StrictApplier>> applier = StrictApplier::open(role_, {}, table_, "s", {}, {});
    ASSERT_TRUE(applier) << applier.error().message;
    applier_ = std::move(*applier);
  }

  std::string before_;
  postgres::ConnectionString role_{{}};
};

TEST_F(WithoutReplicaRole, SetsAsideWhatWouldRepeatTheSourcesChanges) {
  open_as_role();
  const Status done = remove();
  ASSERT_TRUE(done) << done.error().message;
  applier_.reset();
  open_as_role();  // another run finds nothing more to set aside
  EXPECT_EQ(database_.psql("SELECT count(*) FROM t; SELECT count(*) FROM child; SELECT count(*) FROM log"),
            "1\n0\n0");
  EXPECT_NE(settings(), before_);
  applier_.reset();
  postgres::Connection target = *postgres::Connection::open(role_, postgres::Side::target);
  const Status restored = SetAside("ours").restore(target);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(settings(), before_);
  ASSERT_TRUE(SetAside("ours").restore(target));
}

TEST_F(WithoutReplicaRole, LeavesAllAsItIsWhereATableIsNotItsOwn) {
  database_.psql("ALTER TABLE child OWNER TO postgres");
  const auto applier = StrictApplier::open(role_, {}, table_, "s", {}, {});
  ASSERT_FALSE(applier);
  EXPECT_NE(applier.error().message.find("must be owner of table child"), std::string::npos)
      << applier.error().message;
  EXPECT_EQ(settings(), before_);
}

}  // namespace
}  // namespace pghaul::follow

// Partitions that the source gets while it is followed.

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

using NewPartitions = LiveCopy;

TEST_F(NewPartitions, AreMadeOnTheTargetWithTheRowsThatTheyHad) {
  const char* const days =
      "SELECT tableoid::regclass::text COLLATE \"C\", count(*), sum(n) FROM days GROUP BY 1 ORDER BY 1";
  source_.psql("ALTER TABLE days DETACH PARTITION days_1; DROP TABLE days_1");
  follow();
  catch_up();
  // One that is empty at first, one that is filled before it is attached, and one without any later change.
  source_.psql(
      "CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1); INSERT INTO days SELECT 1, i FROM"
      " generate_series(1, 100) AS i;"
      "CREATE TABLE \"day's %2\" (day int NOT NULL, n int NOT NULL, PRIMARY KEY (day, n));"
      "INSERT INTO \"day's %2\" SELECT 2, i FROM generate_series(50, 1000) AS i;"
      "ALTER TABLE days ATTACH PARTITION \"day's %2\" FOR VALUES IN (2);"
      "UPDATE days SET n = -n WHERE day = 2 AND n < 60; UPDATE days SET day = 2 WHERE day = 1 AND n > 10"
      " AND n NOT IN (SELECT n FROM days WHERE day = 2);"
      "CREATE TABLE days_3 (day int NOT NULL, n int NOT NULL, PRIMARY KEY (day, n)); INSERT INTO days_3 "
      "VALUES"
      " (3, 3); ALTER TABLE days ATTACH PARTITION days_3 FOR VALUES IN (3)");
  ASSERT_TRUE(target_shows(days, source_.psql(days)));
  source_.psql("DELETE FROM days WHERE n % 2 = 0; TRUNCATE days_3; INSERT INTO days VALUES (3, 5)");
  catch_up();
  EXPECT_EQ(source_.psql(days), target_.psql(days));
  interrupt();
  source_.psql("CREATE TABLE days_4 PARTITION OF days FOR VALUES IN (4); INSERT INTO days VALUES (4, 4)");
  follow({"--resume"});
  catch_up();
  EXPECT_EQ(source_.psql(days), target_.psql(days));
  interrupt();
}

TEST_F(NewPartitions, AreNamedWithTheirStatementWhereTheyHaveSomethingOfTheirOwn) {
  follow();
  catch_up();
  source_.psql(
      "ALTER TABLE days DETACH PARTITION days_1; CREATE TABLE days_5 PARTITION OF days FOR VALUES IN (5);"
      "CREATE INDEX ON days_5 (n)");
  source_.psql("INSERT INTO days VALUES (5, 5)");
  ASSERT_TRUE(follower_->ends_within(kLongEnough));
  const support::ProcessResult ended = follower_->wait();
  follower_.reset();
  EXPECT_EQ(ended.exit_status, 6) << ended.err;
  EXPECT_NE(ended.err.find("of its own, and was not made"), std::string::npos) << ended.err;
  const std::string statement = "CREATE TABLE public.days_5 PARTITION OF public.days FOR VALUES IN (5)";
  EXPECT_NE(ended.err.find(statement), std::string::npos) << ended.err;
  target_.psql("ALTER TABLE days DETACH PARTITION days_1; " + statement);
  follow({"--resume"});
  catch_up();
  interrupt();
  EXPECT_EQ(target_.psql("SELECT day, n FROM days"), "5|5");
}

}  // namespace
}  // namespace pghaul::live

// Random transactions on random tables, and followers that are killed: the target is at each moment the
// source's state at some commit.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "live/notes.h"
#include "support/random_database.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

/// Runs a transaction of some changes; one that fails is rolled back alone.
void run_transaction(postgres::Connection& session, support::RandomDatabase& database) {
  EXPECT_TRUE(session.execute("BEGIN"));
  const std::size_t changes = 1 + database.below(8);
  for (std::size_t i = 0; i < changes; ++i) {
    EXPECT_TRUE(session.execute("SAVEPOINT s"));
    const Status changed = session.execute(database.change());
    EXPECT_TRUE(session.execute(changed ? "RELEASE SAVEPOINT s" : "ROLLBACK TO SAVEPOINT s"));
  }
  EXPECT_TRUE(session.execute(kTakeNote));
  EXPECT_TRUE(session.execute("COMMIT"));
}

TEST(RandomSchemas, AreFollowedFromStateToState) {
  std::mt19937_64 random(support::seed_of_this_run());
  for (int schema = 0; schema < 4; ++schema) {
    support::RandomDatabase database(random());
    const std::string sql = database.schema() + notes_of(database.tables());
    SCOPED_TRACE(sql);
    Followed pair(sql);
    postgres::Connection session = session_to(pair.source().uri(), postgres::Side::source);
    ASSERT_TRUE(session.execute("SET search_path = public"));
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 50; ++i) run_transaction(session, database);
      const Followed::Options options{.transactions = 1 + random() % 60,
                                      .batch_bytes = std::size_t{1} << (8 + random() % 12)};
      pair.catch_up_and_die(random() % 250, options);
      await_the_end_of_followers(pair);
      expect_a_state_of_the_source(pair, "after a kill");
    }
    const Status done = pair.catch_up();
    ASSERT_TRUE(done) << done.error().message;
    expect_the_state_of_the_source(pair);
  }
}

}  // namespace
}  // namespace pghaul::live

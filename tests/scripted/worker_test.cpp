#include "crew/worker.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using crew::Worker;
using postgres::Side;

class WorkerByScript : public testing::Test {
 protected:
  void expect_no_place() {
    server.expect({{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_FAILED, [](ScriptedLibpq& s) {
                                                   s.status = CONNECTION_BAD;
                                                   s.message =
                                                       "FATAL:  53300: sorry, too many clients already\n";
                                                 }}});
  }

  ScriptedLibpq server;
  Worker::Endpoints ends;
  Worker worker{0, ends};
};

TEST_F(WorkerByScript, HasNoSessionBeforeItNeedsOne) {
  EXPECT_FALSE(worker.lifeline(Side::source));
  EXPECT_FALSE(worker.lifeline(Side::target));
  worker.cancel();
  worker.sever();
  worker.reconnect();
}

TEST_F(WorkerByScript, OpensASessionOnceAndKeepsIt) {
  server.expect_opening();
  const Result<postgres::Connection*> first = worker.source();
  ASSERT_TRUE(first);
  EXPECT_EQ(*worker.source(), *first);
  EXPECT_EQ((*first)->side(), Side::source);
  EXPECT_TRUE(worker.lifeline(Side::source));
  EXPECT_FALSE(worker.lifeline(Side::target));
}

TEST_F(WorkerByScript, OpensNewSessionsAfterAFailure) {
  server.expect_opening();
  ASSERT_TRUE(worker.target());
  worker.reconnect();
  EXPECT_EQ(server.living_connections, 0);
  EXPECT_FALSE(worker.lifeline(Side::target));
  server.expect_opening();
  EXPECT_TRUE(worker.target());
}

TEST_F(WorkerByScript, KeepsItsSessionOnTheTargetWhenTheSourceIsNotNeededAnyMore) {
  server.expect_opening();
  server.expect_opening();
  ASSERT_TRUE(worker.source());
  ASSERT_TRUE(worker.target());
  worker.close_source();
  EXPECT_EQ(server.living_connections, 1);
  EXPECT_FALSE(worker.lifeline(Side::source));
  EXPECT_TRUE(worker.lifeline(Side::target));
}

TEST_F(WorkerByScript, SetsTheCompressionOfLongValuesOnTheTargetOnly) {
  ends.toast_compression = "lz4";
  server.expect_opening();
  ASSERT_TRUE(worker.source());
  server.expect_opening();
  server.expect_statement("SET default_toast_compression = 'lz4'", {done()});
  ASSERT_TRUE(worker.target());
}

TEST_F(WorkerByScript, DoesNotKeepASessionThatCouldNotBeSet) {
  ends.toast_compression = "lz4";
  server.expect_opening();
  server.expect_statement("SET default_toast_compression = 'lz4'", {refusal("22023", "invalid value")});
  EXPECT_FALSE(worker.target());
  EXPECT_EQ(server.living_connections, 0);
}

TEST_F(WorkerByScript, IsLockedOutOfAServerThatNeverHadASessionForIt) {
  expect_no_place();
  ASSERT_FALSE(worker.target());
  EXPECT_EQ(worker.locked_out(), Side::target);
  server.status = CONNECTION_OK;
  server.expect_opening();
  ASSERT_TRUE(worker.target());
  EXPECT_EQ(worker.locked_out(), std::nullopt);
}

TEST_F(WorkerByScript, IsNotLockedOutOfAServerThatHadASessionForIt) {
  server.expect_opening();
  ASSERT_TRUE(worker.target());
  worker.reconnect();
  expect_no_place();
  ASSERT_FALSE(worker.target());
  EXPECT_EQ(worker.locked_out(), std::nullopt);
}

}  // namespace
}  // namespace pghaul::scripted

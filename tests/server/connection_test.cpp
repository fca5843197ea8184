#include "postgres/connection.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "postgres/no_session.h"
#include "postgres/snapshot.h"
#include "postgres/transaction.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"

namespace pghaul::postgres {
namespace {

using support::FaultProxy;
using Way = FaultProxy::Way;

/// Returns the address of a server that is given up when it has not responded for a second.
ConnectionString with_one_second(const std::string& uri) {
  ConnectionString server = *ConnectionString::parse(uri);
  server.set_silence_limit(std::chrono::seconds(1));
  return server;
}

TEST(SilenceLimit, EndsWhenTheServerAnswersNobody) {
  FaultProxy proxy(support::shared_source());
  Result<Connection> server = Connection::open(with_one_second(proxy.uri("postgres")), Side::source);
  ASSERT_TRUE(server) << server.error().message;
  proxy.stall();
  const Result<Rows> rows = server->query("SELECT 1");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(rows.error().message, "the source has not answered for 1 s");
  EXPECT_FALSE(server->execute("SELECT 1"));  // at once: it is broken
  proxy.go_on();
}

TEST(SilenceLimit, LastsWhileTheServerAnswersOthers) {
  const ConnectionString server = with_one_second(support::shared_source().tcp_uri("postgres"));
  Result<Connection> connection = Connection::open(server, Side::source);
  ASSERT_TRUE(connection) << connection.error().message;
  const Result<Rows> rows = connection->query("SELECT 7 FROM pg_sleep(2)");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->integer(0, 0), 7);
}

TEST(SilenceLimit, EndsAlsoWhenSilenceComesWhileAConnectionIsSetUp) {
  FaultProxy whole(support::shared_source());
  ASSERT_TRUE(Connection::open(with_one_second(whole.uri("postgres")), Side::source));
  FaultProxy proxy(support::shared_source());
  proxy.at(Way::to_client, whole.bytes(Way::to_client) - 10, FaultProxy::Effect::stall);
  const Result<Connection> connection =
      Connection::open(with_one_second(proxy.uri("postgres")), Side::source);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::connection_failed);
  EXPECT_EQ(connection.error().sqlstate, kNoSession);
  proxy.go_on();
}

TEST(SilenceLimit, IsCutShortByAStopWhileAConnectionIsSetUp) {
  FaultProxy whole(support::shared_source());
  ASSERT_TRUE(Connection::open(*ConnectionString::parse(whole.uri("postgres")), Side::source));
  FaultProxy proxy(support::shared_source());
  proxy.at(Way::to_client, whole.bytes(Way::to_client) - 10, FaultProxy::Effect::stall);
  std::stop_source stop;
  const std::jthread stopper([&] {
    (void)proxy.await_effects();
    stop.request_stop();
  });
  const Result<Connection> connection =
      Connection::open(*ConnectionString::parse(proxy.uri("postgres")), Side::source, {}, stop.get_token());
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::interrupted);
  proxy.go_on();
}

TEST(Connection, RunsAStatementAfterACopyThatWasLeftHalfRead) {
  Result<Connection> server =
      Connection::open(*ConnectionString::parse(support::shared_source().uri("postgres")), Side::source);
  ASSERT_TRUE(server);
  const Result<PGresult*> begun = server->run("COPY (SELECT generate_series(1, 100000)) TO STDOUT");
  ASSERT_TRUE(begun);
  PQclear(*begun);
  const Result<Rows> rows = server->query("SELECT 7");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->integer(0, 0), 7);
}

/// Holds a snapshot, which it exports.
struct Holder {
  explicit Holder(const support::Database& database)
      : connection(*Connection::open(*ConnectionString::parse(database.uri()), Side::source)),
        transaction(Transaction::begin(connection, "ISOLATION LEVEL REPEATABLE READ READ ONLY")),
        snapshot(*Snapshot::export_from(connection)) {}
  Connection connection;
  Transaction transaction;
  Snapshot snapshot;
};

TEST(Snapshot, IsSharedByReaders) {
  const support::Database database(support::shared_source());
  database.psql("create table t (i int)");
  const Holder holder(database);
  database.psql("insert into t values (1)");
  Connection reader = *Connection::open(*ConnectionString::parse(database.uri()), Side::source);
  const Result<Transaction> reading = holder.snapshot.begin(reader);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reader.query("SELECT pg_catalog.count(*) FROM public.t")->integer(0, 0), 0);
}

TEST(Snapshot, IsNotTakenForAnotherOneThatGotItsId) {
  const support::Database database(support::shared_source());
  const Holder before(database);
  database.psql("create table t (i int)");
  const Holder after(database);
  Connection reader = *Connection::open(*ConnectionString::parse(database.uri()), Side::source);
  const Result<Transaction> reading = Snapshot(after.snapshot.id(), before.snapshot.state()).begin(reader);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::snapshot_lost);
  EXPECT_NE(reading.error().message.find("now belongs to other data"), std::string::npos)
      << reading.error().message;
}

TEST(Snapshot, OfSomebodyElseIsRememberedAsItIsFound) {
  const support::Database database(support::shared_source());
  const Holder holder(database);
  Connection reader = *Connection::open(*ConnectionString::parse(database.uri()), Side::source);
  Snapshot given(holder.snapshot.id());
  {
    const Result<Transaction> reading = given.begin_first(reader);
    ASSERT_TRUE(reading) << reading.error().message;
  }
  EXPECT_EQ(given.state(), holder.snapshot.state());
  EXPECT_TRUE(given.begin(reader));
}

}  // namespace
}  // namespace pghaul::postgres

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "changes/decoder.h"
#include "follow/read_ahead.h"
#include "live/logical_server.h"
#include "postgres/publication.h"
#include "postgres/quote.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"
#include "postgres/replication_stream.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/versions.h"

namespace pghaul::postgres {
namespace {

using live::logical_server;
using live::replication_to;
using std::chrono::milliseconds;
using support::Cluster;
using support::Database;
using support::FaultProxy;
using Kind = ReplicationStream::Received::Kind;

constexpr milliseconds kLong{20'000};

/// A database with a table, a publication of it, and a slot; these go with it.
class Published {
 public:
  explicit Published(const Cluster& server = logical_server())
      : database_(server), slot_(database_.name() + "_slot"), connection_(replication_to(database_.uri())) {
    database_.psql("CREATE TABLE t (id int PRIMARY KEY, what text);" +
                   create_publication("pub's, \"own\"", {quote("public", "t")}));
    const Result<Lsn> from = create_slot(connection_, slot_, {}, {});
    if (!from) throw std::runtime_error(from.error().message);
    from_ = *from;
  }
  ~Published() { EXPECT_TRUE(drop_slot(connection_, slot_, {})); }

  [[nodiscard]] ReplicationStream stream(Lsn from, const std::string& uri = {},
                                         int silence_limit = 60) const {
    ConnectionString server = *ConnectionString::parse(uri.empty() ? database_.uri() : uri);
    server.set_silence_limit(std::chrono::seconds(silence_limit));
    Result<Connection> connection = open_for_replication(server, Side::source);
    if (!connection) throw std::runtime_error(connection.error().message);
    Result<ReplicationStream> stream = ReplicationStream::start(
        std::move(*connection), {.slot = slot_, .publications = {"pub's, \"own\""}, .from = from});
    if (!stream) throw std::runtime_error(stream.error().message);
    return std::move(*stream);
  }
  void psql(const std::string& sql) const { database_.psql(sql); }
  /// Waits until a query that begins with FROM finds something.
  void await(const std::string& from) const {
    psql(
        "DO $$ BEGIN FOR i IN 1..6000 LOOP PERFORM pg_stat_clear_snapshot(); PERFORM " + from +
        "; IF FOUND THEN RETURN; END IF; PERFORM pg_sleep(0.01); END LOOP; RAISE 'it does not come'; END $$");
  }
  [[nodiscard]] Lsn from() const { return from_; }
  [[nodiscard]] const std::string& slot() const { return slot_; }
  [[nodiscard]] const Database& database() const { return database_; }
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  Database database_;
  std::string slot_;
  Connection connection_;
  Lsn from_;
};

/// A transaction that changes something: its changes, as "I 1 a;", and where it ended.
struct Transaction {
  std::string changes;
  Lsn end;
};

/// `decoder`: the stream's, which knows the tables that were described before.
Transaction next_transaction(ReplicationStream& stream, changes::Decoder& decoder) {
  Transaction transaction;
  for (;;) {
    const Result<ReplicationStream::Received> received = stream.receive(kLong, {});
    if (!received) throw std::runtime_error(received.error().message);
    if (received->kind == Kind::nothing) throw std::runtime_error("no transaction came");
    if (received->kind == Kind::keepalive) continue;
    const Result<changes::Message> message = decoder.decode(received->message);
    if (!message) throw std::runtime_error(message.error().message);
    if (const auto* insert = std::get_if<changes::Insert>(&*message)) {
      transaction.changes += "I";
      for (const changes::Value& value : insert->row) transaction.changes += " " + std::string(value.text);
      transaction.changes += ";";
    }
    if (const auto* commit = std::get_if<changes::Commit>(&*message)) {
      transaction.end = commit->end_lsn;
      if (!transaction.changes.empty()) return transaction;
    }
  }
}

Transaction first_transaction(ReplicationStream& stream) {
  changes::Decoder decoder;
  return next_transaction(stream, decoder);
}

class Replication : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(OfVersions, Replication, testing::Values(11, 13, 15, 17, 18));

TEST_P(Replication, StreamsCommittedTransactionsFromWhereItIsAsked) {
  const support::Version version = support::find_version(GetParam());
  if (!version.missing.empty()) GTEST_SKIP() << version.missing;
  const Cluster server(live::logical_options(version.server_bin));
  Published source(server);
  source.psql("INSERT INTO t VALUES (1, 'a'); BEGIN; INSERT INTO t VALUES (2, 'b'); ROLLBACK");
  source.psql("BEGIN; INSERT INTO t VALUES (3, E'c\\'\\\\'); INSERT INTO t VALUES (4, NULL); COMMIT");
  Lsn first_end;
  {
    ReplicationStream stream = source.stream(source.from());
    changes::Decoder decoder;
    const Transaction first = next_transaction(stream, decoder);
    EXPECT_EQ(first.changes, "I 1 a;");
    EXPECT_EQ(next_transaction(stream, decoder).changes, "I 3 c'\\;I 4 ;");
    first_end = first.end;
  }
  for (Result<std::optional<Slot>> slot = find_slot(source.connection(), source.slot());
       slot && *slot && (*slot)->active; slot = find_slot(source.connection(), source.slot())) {
  }
  ReplicationStream again = source.stream(first_end);  // not told to be durable: so it is there still
  EXPECT_EQ(first_transaction(again).changes, "I 3 c'\\;I 4 ;");
  const Result<SystemIdentity> identity = identify_system(source.connection());
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_FALSE(identity->system_identifier.empty());
  EXPECT_GE(identity->wal_end, first_end);
}

TEST(ReplicationOfServer, SendsNothingAgainThatIsConfirmed) {
  Published source;
  source.psql("INSERT INTO t VALUES (1, 'a')");
  source.psql("INSERT INTO t VALUES (2, 'b')");
  {
    ReplicationStream stream = source.stream(source.from());
    const Lsn end = first_transaction(stream).end;
    ASSERT_TRUE(stream.confirm(end));
    for (Lsn known; known < end;) {
      const Result<std::optional<Slot>> slot = find_slot(source.connection(), source.slot());
      ASSERT_TRUE(slot && *slot);
      known = (*slot)->confirmed;
    }
  }
  source.psql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
              source.slot() + "' AND active");
  for (;;) {
    const Result<std::optional<Slot>> slot = find_slot(source.connection(), source.slot());
    ASSERT_TRUE(slot && *slot);
    if (!(*slot)->active) break;
  }
  ReplicationStream again = source.stream(source.from());
  EXPECT_EQ(first_transaction(again).changes, "I 2 b;");
}

TEST(ReplicationOfServer, GivesNothingWhenNothingComes) {
  Published source;
  ReplicationStream stream = source.stream(source.from());
  std::stop_source stop;
  stop.request_stop();
  for (;;) {  // keepalives come at first
    const Result<ReplicationStream::Received> received = stream.receive(kLong, stop.get_token());
    ASSERT_TRUE(received) << received.error().message;
    ASSERT_NE(received->kind, Kind::message);
    if (received->kind == Kind::nothing) break;
  }
}

TEST(ReplicationOfServer, TellsHowFarAnIdleServerIs) {
  Published source;
  ReplicationStream stream = source.stream(source.from());
  const Lsn end = *parse_lsn(source.database().psql("SELECT pg_current_wal_flush_lsn()"));
  for (Lsn told; told < end;) {
    const Result<ReplicationStream::Received> received = stream.receive(kLong, {});
    ASSERT_TRUE(received) << received.error().message;
    if (received->kind == Kind::keepalive) told = received->server_end;
  }
}

/// Takes all inserts up to the row with the key `last`; throws where they are not 1, 2, 3 …
void take_rows(follow::ReadAhead& ahead, int last) {
  changes::Decoder decoder;
  for (int row = 1; row <= last;) {
    const Result<ReplicationStream::Received> received = ahead.next(kLong, {});
    if (!received) throw std::runtime_error(received.error().message);
    if (received->kind == Kind::nothing) throw std::runtime_error("no row came");
    if (received->kind == Kind::keepalive) continue;
    const Result<changes::Message> message = decoder.decode(received->message);
    if (!message) throw std::runtime_error(message.error().message);
    const auto* insert = std::get_if<changes::Insert>(&*message);
    if (insert == nullptr) continue;
    if (insert->row[0].text != std::to_string(row)) throw std::runtime_error("a row is missing");
    ++row;
  }
}

TEST(ReadAhead, KeepsTheStreamAliveForATakerWhoDoesSomethingElse) {
  Published source;
  follow::ReadAhead ahead(source.stream(source.from()));
  // More than is read ahead. The server waits twice as long as its wal_sender_timeout while nothing is read.
  source.psql(
      "INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n;"
      " SELECT pg_sleep(11)");
  take_rows(ahead, 20'000);
}

TEST(ReadAhead, GivesAllThatCameBeforeTheEndOfTheStream) {
  Published source;
  follow::ReadAhead ahead(source.stream(source.from()));
  source.psql("INSERT INTO t SELECT n, 'x' FROM generate_series(1, 1000) AS n");
  source.await(
      "FROM pg_stat_replication AS r WHERE r.sent_lsn >= pg_current_wal_lsn() AND r.pid ="
      " (SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" +
      source.slot() + "')");
  source.psql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
              source.slot() + "'");
  take_rows(ahead, 1000);
  Result<ReplicationStream::Received> received = ahead.next(kLong, {});
  while (received) received = ahead.next(kLong, {});
  EXPECT_EQ(received.error().code, ErrorCode::connection_lost);
  EXPECT_FALSE(ahead.next(kLong, {})) << "the end stays";
}

TEST(ReadAhead, ConfirmsWhatItsTakerSaysWithoutBeingAsked) {
  Published source;
  follow::ReadAhead ahead(source.stream(source.from()));
  source.psql("INSERT INTO t VALUES (1, 'a')");
  take_rows(ahead, 1);
  Result<ReplicationStream::Received> received = ahead.next(kLong, {});
  while (received && received->kind != Kind::keepalive) received = ahead.next(kLong, {});
  ASSERT_TRUE(received);
  ahead.confirm(received->server_end);
  source.await("FROM pg_replication_slots WHERE slot_name = '" + source.slot() +
               "' AND confirmed_flush_lsn >= '" + lsn_text(received->server_end) + "'");
}

TEST(ReadAhead, EndsItsWaitWhenAskedTo) {
  Published source;
  follow::ReadAhead ahead(source.stream(source.from()));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  Result<ReplicationStream::Received> received = ahead.next(kLong, stop.get_token());
  while (received && received->kind != Kind::nothing) received = ahead.next(kLong, stop.get_token());
  EXPECT_TRUE(received);
}

TEST(ReplicationOfServer, EndsWhenItsServerAnswersNobody) {
  Published source;
  FaultProxy proxy(logical_server());
  ReplicationStream stream = source.stream(source.from(), proxy.uri(source.database().name()), 1);
  proxy.stall();
  Result<ReplicationStream::Received> received = stream.receive(kLong, {});
  while (received && received->kind != Kind::nothing) received = stream.receive(kLong, {});
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(received.error().message, "the source has not answered for 1 s");
  proxy.go_on();
}

TEST(ReplicationOfServer, SaysWhyTheServerEndedIt) {
  Published source;
  ReplicationStream stream = source.stream(source.from());
  source.psql("DROP PUBLICATION \"pub's, \"\"own\"\"\"; INSERT INTO t VALUES (1, 'a')");
  Result<ReplicationStream::Received> received = stream.receive(kLong, {});
  while (received) received = stream.receive(kLong, {});
  EXPECT_EQ(received.error().code, ErrorCode::server_error);
  EXPECT_TRUE(received.error().message.starts_with("cannot read the changes of replication slot " +
                                                   source.slot() + ": the source says: publication"))
      << received.error().message;
}

TEST(ReplicationOfServer, LosesItsConnectionWithItsServerProcess) {
  Published source;
  ReplicationStream stream = source.stream(source.from());
  source.psql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
              source.slot() + "'");
  Result<ReplicationStream::Received> received = stream.receive(kLong, {});
  while (received) received = stream.receive(kLong, {});
  EXPECT_EQ(received.error().code, ErrorCode::connection_lost);
}

TEST(ReplicationOfServer, TellsThatItsSlotIsReadBySomebodyElse) {
  Published source;
  ReplicationStream stream = source.stream(source.from());
  const Result<ReplicationStream> second = ReplicationStream::start(
      replication_to(source.database().uri()), {.slot = source.slot(), .publications = {"p"}, .from = {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().sqlstate, "55006");
}

TEST(ReplicationSlot, NamesWhoHoldsItUp) {
  const Database database(logical_server());
  database.psql("CREATE TABLE t (id int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'forgotten'");
  Connection connection = replication_to(database.uri());
  const Result<Lsn> made = create_slot(connection, "held_up", {.writers_limit = milliseconds(100)}, {});
  database.psql("ROLLBACK PREPARED 'forgotten'");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().sqlstate, "55P03");
  EXPECT_NE(made.error().message.find("prepared transaction 'forgotten'"), std::string::npos)
      << made.error().message;
  const Result<std::optional<Slot>> slot = find_slot(connection, "held_up");
  ASSERT_TRUE(slot);
  EXPECT_FALSE(*slot);
}

TEST(ReplicationSlot, IsNotMadeWhenItsMakingIsStopped) {
  const Database database(logical_server());
  database.psql("CREATE TABLE t (id int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'stays'");
  Connection connection = replication_to(database.uri());
  std::stop_source stop;
  Result<Lsn> made = Lsn{};
  {
    const std::jthread maker([&] { made = create_slot(connection, "stopped", {}, stop.get_token()); });
    while (database.psql("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'stopped'") == "0") {
    }
    stop.request_stop();
  }
  database.psql("ROLLBACK PREPARED 'stays'");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::interrupted);
  while (database.psql("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'stopped'") != "0") {
  }
}

TEST(ReplicationSlot, IsDroppedTwiceWithoutAnError) {
  const Database database(logical_server());
  Connection connection = replication_to(database.uri());
  ASSERT_TRUE(create_slot(connection, "twice", {}, {}));
  EXPECT_TRUE(drop_slot(connection, "twice", {}));
  EXPECT_TRUE(drop_slot(connection, "twice", {}));
}

TEST(Publication, TakesATableUnderALockThatWaitsForItsWriters) {
  Published source;
  source.psql("CREATE TABLE late (id int PRIMARY KEY)");
  Connection writer = live::session_to(source.database().uri(), Side::source);
  ASSERT_TRUE(writer.execute("BEGIN; INSERT INTO public.late VALUES (1)"));
  const std::jthread adder(
      [&] { source.psql(add_to_publication("pub's, \"own\"", {quote("public", "late")})); });
  while (source.database().psql(
             "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'late'::regclass") == "0") {
  }
  ASSERT_TRUE(writer.execute("COMMIT; INSERT INTO public.late VALUES (2)"));
  ReplicationStream stream = source.stream(source.from());
  EXPECT_EQ(first_transaction(stream).changes, "I 2;");
}

}  // namespace
}  // namespace pghaul::postgres

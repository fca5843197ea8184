#include "postgres/replication_slot.h"

#include <gtest/gtest.h>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::create_slot;
using postgres::drop_slot;
using postgres::find_slot;
using postgres::identify_system;
using postgres::Slot;
using postgres::SystemIdentity;

const char* const kLimit = "SELECT pg_catalog.set_config('lock_timeout', '30000ms', false)";
const char* const kNoLimit = "SELECT pg_catalog.set_config('lock_timeout', '0ms', false)";

class ReplicationSlotByScript : public testing::Test {
 protected:
  /// The whole of create_slot() on a server of this version.
  void expect_creation(int version, const std::string& command, const Answer& answer) {
    server.version = version;
    server.expect_statement(kLimit, {rows({{"30s"}})});
    server.expect_statement(command, {answer});
    server.expect_statement(kNoLimit, {rows({{"0"}})});
  }

  ScriptedLibpq server;
  postgres::Connection connection = server.open(postgres::Side::source);
  const Answer made = rows({{"s", "1/A0", "", "pgoutput"}});
};

TEST_F(ReplicationSlotByScript, IsMadeWithoutASnapshotInTheWordsOfTheServersVersion) {
  for (const int version : {110000, 140000}) {
    expect_creation(version, "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput NOEXPORT_SNAPSHOT", made);
    EXPECT_EQ(create_slot(connection, "s", {}, {}), Lsn{0x1000000A0});
  }
  for (const int version : {150000, 180000}) {
    expect_creation(version, "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput (SNAPSHOT 'nothing')", made);
    EXPECT_EQ(create_slot(connection, "s", {}, {}), Lsn{0x1000000A0});
  }
}

TEST_F(ReplicationSlotByScript, IsKeptOnStandbysFromTheVersionThatCan) {
  for (const int version : {140000, 160000, 170000}) {
    const std::string options = version < 150000   ? "NOEXPORT_SNAPSHOT"
                                : version < 170000 ? "(SNAPSHOT 'nothing')"
                                                   : "(SNAPSHOT 'nothing', FAILOVER)";
    expect_creation(version, "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput " + options, made);
    EXPECT_TRUE(create_slot(connection, "s", {.failover = true}, {}));
  }
}

TEST_F(ReplicationSlotByScript, IsTemporaryIfAsked) {
  expect_creation(150000, "CREATE_REPLICATION_SLOT \"s\" TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')",
                  made);
  EXPECT_TRUE(create_slot(connection, "s", {.temporary = true}, {}));
}

TEST_F(ReplicationSlotByScript, NamesThoseWhoHeldItUp) {
  expect_creation(150000, "CREATE_REPLICATION_SLOT …",
                  refusal("55P03", "canceling statement due to lock timeout"));
  server.expect_statement("(SELECT 'session ' || pid …",
                          {rows({{"session 7 of role app"}, {"prepared transaction 'x'"}})});
  const Result<Lsn> created = create_slot(connection, "s", {}, {});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::server_error);
  EXPECT_TRUE(created.error().message.starts_with("cannot create replication slot s"))
      << created.error().message;
  EXPECT_NE(created.error().message.find("in time: session 7 of role app; prepared transaction 'x'"),
            std::string::npos)
      << created.error().message;
  EXPECT_NE(created.error().hint.find("pg_terminate_backend()"), std::string::npos);
}

TEST_F(ReplicationSlotByScript, AsksForNobodyWhereItIsRefusedForAnotherReason) {
  expect_creation(150000, "CREATE_REPLICATION_SLOT …", refusal("53400", "all replication slots are in use"));
  const Result<Lsn> created = create_slot(connection, "s", {}, {});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().sqlstate, "53400");
}

TEST_F(ReplicationSlotByScript, IsNoUseWhereTheServerDoesNotSayWhereItBegins) {
  expect_creation(150000, "CREATE_REPLICATION_SLOT …", rows({{"s", "somewhere", "", "pgoutput"}}));
  EXPECT_EQ(create_slot(connection, "s", {}, {}).error().code, ErrorCode::server_error);
}

TEST_F(ReplicationSlotByScript, IsDroppedOnceItsReaderHasGone) {
  server.version = 110000;
  server.expect_statement("DROP_REPLICATION_SLOT \"s\" WAIT", {done()});
  EXPECT_TRUE(drop_slot(connection, "s", {}));
}

TEST_F(ReplicationSlotByScript, MayBeGoneAlreadyWhenItIsDropped) {
  server.expect_statement("DROP_REPLICATION_SLOT …", {refusal("42704", "does not exist")});
  EXPECT_TRUE(drop_slot(connection, "s", {}));
  server.expect_statement("DROP_REPLICATION_SLOT …", {refusal("42501", "permission denied")});
  const Status dropped = drop_slot(connection, "s", {});
  ASSERT_FALSE(dropped);
  EXPECT_TRUE(dropped.error().message.starts_with("cannot drop replication slot s"));
}

TEST_F(ReplicationSlotByScript, IsFoundWithWhatTheServerSaysOfIt) {
  server.version = 130000;
  server.expect_statement(
      "SELECT coalesce(database::text, ''), coalesce(plugin::text, ''), active,"
      " coalesce(confirmed_flush_lsn, '0/0')::text, coalesce(wal_status = 'lost', false)"
      " FROM pg_catalog.pg_replication_slots WHERE slot_name = 'o''s'",
      {rows({{"shop", "pgoutput", "t", "0/1F", "t"}})});
  const Result<std::optional<Slot>> found = find_slot(connection, "o's");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->database, "shop");
  EXPECT_EQ((*found)->plugin, "pgoutput");
  EXPECT_TRUE((*found)->active);
  EXPECT_TRUE((*found)->invalid);
  EXPECT_EQ((*found)->confirmed, Lsn{0x1F});
}

TEST_F(ReplicationSlotByScript, IsNotKnownToBeInvalidBeforeThirteen) {
  server.version = 120000;
  server.expect_statement(
      "SELECT coalesce(database::text, ''), coalesce(plugin::text, ''), active,"
      " coalesce(confirmed_flush_lsn, '0/0')::text, false"
      " FROM pg_catalog.pg_replication_slots WHERE slot_name = 's'",
      {rows({})});
  const Result<std::optional<Slot>> found = find_slot(connection, "s");
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(ReplicationSlotByScript, IsOfAServerThatSaysWhoItIsAndHowFarItHasCome) {
  server.expect_statement("IDENTIFY_SYSTEM", {rows({{"7412", "3", "2/10", "shop"}})});
  const Result<SystemIdentity> identity = identify_system(connection);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->system_identifier, "7412");
  EXPECT_EQ(identity->timeline, 3);
  EXPECT_EQ(identity->wal_end, Lsn{0x200000010});
  server.expect_statement("IDENTIFY_SYSTEM", {rows({{"7412", "3", "", "shop"}})});
  EXPECT_EQ(identify_system(connection).error().code, ErrorCode::server_error);
}

}  // namespace
}  // namespace pghaul::scripted

#include "postgres/wire.h"

#include <gtest/gtest.h>

#include <array>

#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using postgres::Side;
using postgres::Wire;

class WireByScript : public testing::Test {
 protected:
  WireByScript() { server.expect({{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_OK}}); }

  ScriptedLibpq server;
};

TEST_F(WireByScript, HasTheBytesThatTheServerSends) {
  server.expect({{"PQsetnonblocking 1", 0}});
  Result<Wire> wire = Wire::open({}, Side::source);
  ASSERT_TRUE(wire);
  server.send("DATA");
  std::array<std::byte, 10> bytes{};
  const Result<std::optional<std::size_t>> got = wire->read(bytes);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), **got), "DATA");
  EXPECT_FALSE(wire->has_read_ahead());
}

TEST_F(WireByScript, TellsAServerThatSaysNothingFromOneThatHasGone) {
  server.expect({{"PQsetnonblocking 1", 0}});
  Result<Wire> wire = Wire::open({}, Side::source);
  ASSERT_TRUE(wire);
  std::array<std::byte, 10> bytes{};
  const Result<std::optional<std::size_t>> silent = wire->read(bytes);
  ASSERT_TRUE(silent);
  EXPECT_FALSE(*silent);
  server.end_sending();
  const Result<std::optional<std::size_t>> gone = wire->read(bytes);
  EXPECT_TRUE(!gone || *gone == 0U);
}

TEST_F(WireByScript, IsRefusedWhereLibpqEncryptsByOtherMeansThanOpenSsl) {
  server.encrypts_by_gssapi = true;
  const Result<Wire> wire = Wire::open({}, Side::source);
  ASSERT_FALSE(wire);
  EXPECT_EQ(wire.error().code, ErrorCode::connection_failed);
  EXPECT_NE(wire.error().hint.find("sslmode=disable"), std::string::npos);
}

TEST_F(WireByScript, IsLostWhereItCannotBeReadWithoutWaiting) {
  server.expect({{"PQsetnonblocking 1", -1}});
  EXPECT_EQ(Wire::open({}, Side::source).error().code, ErrorCode::connection_lost);
}

TEST_F(WireByScript, TellsWhatTheServerReportedAtSignIn) {
  server.expect({{"PQsetnonblocking 1", 0}});
  const Result<Wire> wire = Wire::open({}, Side::source);
  ASSERT_TRUE(wire);
  const std::map<std::string, std::string> parameters = wire->parameters();
  for (const char* name : {"server_version", "client_encoding", "TimeZone", "integer_datetimes"})
    EXPECT_EQ(parameters.count(name), 1U) << name;
}

}  // namespace
}  // namespace pghaul::scripted

#include "postgres/copy_out.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <thread>

#include "base/units.h"
#include "pipeline/chunk.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::string_literals;
using postgres::Connection;
using postgres::CopyFormat;
using postgres::CopyOut;

/// One message of the protocol.
std::string message(char type, const std::string& body) {
  const std::size_t length = body.size() + 4;
  std::string text(1, type);
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(length >> shift & 0xFF);
  return text + body;
}

const std::string kBegun = message('H', "\0\0\0"s);
const std::string kReady = message('Z', "I");

/// Reads its rows past libpq, so the script says what comes on the socket, and libpq sees nothing of it.
class CopyOutByScript : public testing::Test {
 protected:
  Result<CopyOut> begin() {
    server.expect({{"PQgetResult", kNothing}});
    return CopyOut::begin(connection, "COPY t TO STDOUT", CopyFormat::text, "rows of t");
  }
  /// All rows, or the failure.
  static Result<std::string> read(CopyOut& copy) {
    std::string all;
    pipeline::Chunk chunk(1_MiB);
    for (;;) {
      if (const Status filled = copy.fill(chunk); !filled) return fail(filled.error());
      if (chunk.empty()) return all;
      all.append(reinterpret_cast<const char*>(chunk.bytes().data()), chunk.bytes().size());
      chunk.clear();
    }
  }

  ScriptedLibpq server;
  Connection connection = server.open(postgres::Side::source);
};

TEST_F(CopyOutByScript, GivesTheRowsAndLeavesTheConnectionReady) {
  server.send(kBegun + message('d', "1\n") + message('d', "2\n") + message('c', "") +
              message('C', "COPY 2\0"s) + kReady);
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  EXPECT_EQ(read(*copy), "1\n2\n");
  server.expect_statement("SELECT 1", {rows({{"1"}})});
  EXPECT_TRUE(connection.query("SELECT 1"));
}

TEST_F(CopyOutByScript, PutsMessagesTogetherThatComeByteByByte) {
  const std::string all = kBegun + message('d', "1\n") + message('d', std::string(1000, 'x')) +
                          message('c', "") + message('C', "COPY 2\0"s) + kReady;
  const std::jthread sender([&] {
    for (const char byte : all) server.send(std::string(1, byte));
  });
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  EXPECT_EQ(read(*copy), "1\n" + std::string(1000, 'x'));
}

TEST_F(CopyOutByScript, IsLostWhereTheConnectionBreaksInTheMiddleOfARow) {
  server.send(kBegun + message('d', "1\n") + message('d', "2\n").substr(0, 6));
  server.end_sending();
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  const Result<std::string> rows = read(*copy);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::connection_lost);
}

TEST_F(CopyOutByScript, EndsWithTheErrorThatCameAmongTheRows) {
  server.send(kBegun + message('d', "1\n") +
              message('E', "SERROR\0C40001\0Mcanceling statement due to conflict with recovery\0\0"s) +
              kReady);
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  const Result<std::string> rows = read(*copy);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "40001");
  EXPECT_EQ(rows.error().hint,
            "on this standby, set hot_standby_feedback = on, or raise max_standby_streaming_delay");
}

TEST_F(CopyOutByScript, DoesNotTakeRowsWithoutTheirEndForAllRows) {
  server.send(kBegun + message('d', "1\n") + kReady);
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  EXPECT_FALSE(read(*copy));
}

TEST_F(CopyOutByScript, IsLostWhereALengthMakesNoSense) {
  server.send(kBegun + "d\0\0\0\1"s);
  Result<CopyOut> copy = begin();
  ASSERT_TRUE(copy);
  const Result<std::string> rows = read(*copy);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::connection_lost);
}

/// Rows that come by libpq, since GSSAPI encrypts the connection.
class CopyOutByLibpq : public CopyOutByScript {
 protected:
  CopyOut begin() {
    server.encrypts_by_gssapi = true;
    server.expect({{"PQgetResult", kNothing},
                   {"PQsendQuery COPY t TO STDOUT", 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", Answer{.status = PGRES_COPY_OUT}}});
    Result<CopyOut> copy = CopyOut::begin(connection, "COPY t TO STDOUT", CopyFormat::text, "rows of t");
    EXPECT_TRUE(copy);
    return std::move(*copy);
  }
};

TEST_F(CopyOutByLibpq, GivesTheRowsAndLeavesTheConnectionReady) {
  CopyOut copy = begin();
  server.expect({{"PQgetCopyData", "1\n"s},
                 {"PQgetCopyData", "2\n"s},
                 {"PQgetCopyData", -1},
                 {"PQgetResult", done("2")},
                 {"PQgetResult", kNothing}});
  EXPECT_EQ(read(copy), "1\n2\n");
  server.expect_statement("SELECT 1", {rows({{"1"}})});
  EXPECT_TRUE(connection.query("SELECT 1"));
}

TEST_F(CopyOutByLibpq, DoesNotTakeTheEndOfItsRowsForSuccess) {
  CopyOut copy = begin();
  server.expect({{"PQgetCopyData", "1\n"s},
                 {"PQgetCopyData", -1},
                 {"PQgetResult", refusal("57014", "canceling statement due to user request")},
                 {"PQgetResult", kNothing}});
  const Result<std::string> rows = read(copy);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "57014");
}

TEST_F(CopyOutByLibpq, IsLostWithTheConnection) {
  CopyOut copy = begin();
  server.expect({{"PQgetCopyData", "1\n"s},
                 {"PQgetCopyData", -2, [](ScriptedLibpq& s) { s.close_connection(); }},
                 {"PQgetResult", connection_gone()},
                 {"PQgetResult", kNothing}});
  const Result<std::string> rows = read(copy);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::connection_lost);
}

}  // namespace
}  // namespace pghaul::scripted

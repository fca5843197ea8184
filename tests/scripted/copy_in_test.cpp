#include "postgres/copy_in.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <optional>
#include <string>

#include "base/units.h"
#include "pipeline/chunk.h"
#include "scripted/scripted_libpq.h"

namespace pghaul::scripted {
namespace {

using namespace std::string_literals;
using postgres::Connection;
using postgres::CopyFormat;
using postgres::CopyIn;

const std::string kHeader = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"s;
const std::string kTrailer = "\377\377"s;

class CopyInByScript : public testing::Test {
 protected:
  CopyIn begin(CopyFormat format) {
    server.expect({{"PQgetResult", kNothing},
                   {"PQsendQuery COPY t FROM STDIN", 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", Answer{.status = PGRES_COPY_IN}},
                   {"PQsetnonblocking 1", 0}});
    if (format == CopyFormat::binary) server.expect({{"PQputCopyData " + kHeader, 1}, {"PQflush", 0}});
    Result<CopyIn> copy = CopyIn::begin(connection, "COPY t FROM STDIN", format, "rows of t");
    EXPECT_TRUE(copy);
    return std::move(*copy);
  }
  /// Expects the end of a COPY for this reason (empty: success), and the server's answer.
  void expect_end(const std::string& reason, const Answer& answer) {
    server.expect({{"PQsetnonblocking 0", 0},
                   {"PQputCopyEnd" + (reason.empty() ? "" : " " + reason), 1},
                   {"PQisBusy", 0},
                   {"PQgetResult", answer},
                   {"PQgetResult", kNothing}});
  }
  const pipeline::Chunk& chunk(const std::string& row) {
    chunk_.emplace(1_MiB);
    chunk_->append(std::as_bytes(std::span(row)));
    return *chunk_;
  }

  ScriptedLibpq server;
  Connection connection = server.open();

 private:
  std::optional<pipeline::Chunk> chunk_;
};

TEST_F(CopyInByScript, PutsRowsBetweenHeaderAndTrailer) {
  CopyIn copy = begin(CopyFormat::binary);
  server.expect({{"PQputCopyData row", 1}, {"PQflush", 0}, {"PQputCopyData " + kTrailer, 1}, {"PQflush", 0}});
  expect_end("", done("3"));
  EXPECT_TRUE(copy.drain(chunk("row")));
  EXPECT_TRUE(copy.finish());
  EXPECT_EQ(copy.rows_stored(), 3);
}

TEST_F(CopyInByScript, HasNeitherHeaderNorTrailerInText) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData 1\n", 1}, {"PQflush", 0}});
  expect_end("", done("1"));
  EXPECT_TRUE(copy.drain(chunk("1\n")));
  EXPECT_TRUE(copy.finish());
}

TEST_F(CopyInByScript, SendsAWideRowInPieces) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect(
      {{"PQputCopyData 262144 bytes", 1}, {"PQflush", 0}, {"PQputCopyData 37856 bytes", 1}, {"PQflush", 0}});
  expect_end("", done("1"));
  EXPECT_TRUE(copy.drain(chunk(std::string(300'000, 'x'))));
  EXPECT_TRUE(copy.finish());
}

TEST_F(CopyInByScript, SendsTheRestOnceTheSocketTakesMore) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData 1\n", 1}, {"PQflush", 1}, {"PQflush", 1}, {"PQflush", 0}});
  expect_end("", done("1"));
  EXPECT_TRUE(copy.drain(chunk("1\n")));
  EXPECT_TRUE(copy.finish());
}

TEST_F(CopyInByScript, EndsAtTheChunkDuringWhichTheServerRefusesARow) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData x\n", 1}, {"PQflush", 1, [](ScriptedLibpq& s) { s.send("E"); }}});
  expect_end("the server has answered before the end of the rows",
             refusal("22P02", "invalid input syntax for type bigint"));
  const Status drained = copy.drain(chunk("x\n"));
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().code, ErrorCode::server_error);
  EXPECT_EQ(drained.error().sqlstate, "22P02");
  EXPECT_EQ(drained.error().message,
            "cannot write rows of t: the target says: invalid input syntax for type bigint");
}

TEST_F(CopyInByScript, LeavesTheConnectionReadyAfterARefusal) {
  {
    CopyIn copy = begin(CopyFormat::text);
    server.expect({{"PQputCopyData x\n", 1}, {"PQflush", 0, [](ScriptedLibpq& s) { s.send("E"); }}});
    expect_end("the server has answered before the end of the rows", refusal("22P02", "invalid"));
    EXPECT_FALSE(copy.drain(chunk("x\n")));
  }
  server.expect_statement("ROLLBACK", {done()});
  EXPECT_TRUE(connection.execute("ROLLBACK"));
}

TEST_F(CopyInByScript, NeverTakesAnEarlyAnswerForSuccess) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData 1\n", 1}, {"PQflush", 0, [](ScriptedLibpq& s) { s.send("C"); }}});
  expect_end("the server has answered before the end of the rows", done("1"));
  const Status drained = copy.drain(chunk("1\n"));
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().code, ErrorCode::internal);
}

TEST_F(CopyInByScript, IsLostWithTheConnectionWhileItSends) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData 1\n", 1}, {"PQflush", -1, [](ScriptedLibpq& s) { s.close_connection(); }}});
  expect_end("the server has answered before the end of the rows", connection_gone());
  const Status drained = copy.drain(chunk("1\n"));
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().code, ErrorCode::connection_lost);
}

TEST_F(CopyInByScript, IsLostWhereTheConnectionBreaksBetweenTheLastRowAndItsAnswer) {
  CopyIn copy = begin(CopyFormat::text);
  server.expect({{"PQputCopyData 1\n", 1},
                 {"PQflush", 0},
                 {"PQsetnonblocking 0", 0},
                 {"PQputCopyEnd", 1},
                 {"PQisBusy", 1, [](ScriptedLibpq& s) { s.close_connection(); }},
                 {"PQconsumeInput", 0},
                 {"PQgetResult", connection_gone()},
                 {"PQgetResult", kNothing}});
  EXPECT_TRUE(copy.drain(chunk("1\n")));
  const Status finished = copy.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(copy.rows_stored(), 0);
}

TEST_F(CopyInByScript, TellsTheServerWhyItWasAbandoned) {
  CopyIn copy = begin(CopyFormat::text);
  expect_end("the source failed", refusal("57014", "COPY from stdin failed: the source failed"));
  copy.abandon("the source failed");
}

TEST_F(CopyInByScript, StoresNothingWhenItIsForgotten) {
  { const CopyIn copy = begin(CopyFormat::text); }
  char byte = 0;  // the connection has been given up: it reads to its end at once
  EXPECT_EQ(recv(PQsocket(connection.handle()), &byte, 1, MSG_DONTWAIT), 0);
}

TEST_F(CopyInByScript, BeginsNoCopyThatTheServerRefuses) {
  server.expect_statement("COPY t FROM STDIN", {refusal("42P01", "relation \"t\" does not exist")});
  const Result<CopyIn> copy = CopyIn::begin(connection, "COPY t FROM STDIN", CopyFormat::text, "rows of t");
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().message, "cannot write rows of t: the target says: relation \"t\" does not exist");
}

}  // namespace
}  // namespace pghaul::scripted

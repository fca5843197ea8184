#include "link/server_end.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "pipeline/chunk.h"
#include "scripted/scripted_libpq.h"
#include "verify/remote_digest.h"
#include "verify/row_digest.h"

namespace pghaul::scripted {
namespace {

using link::ServerEnd;
using postgres::Wire;

std::string message(char type, const std::string& body) {
  std::string text(1, type);
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>((body.size() + 4) >> shift & 0xFF);
  return text + body;
}

std::string query(const std::string& sql) {
  return message('Q', sql + '\0');
}

/// The answer to COPY … TO STDOUT.
std::string answer_with(const std::vector<std::string>& rows) {
  std::string answer = message('H', "head");
  for (const std::string& row : rows) answer += message('d', row);
  return answer + message('c', "") + message('C', "COPY 2") + message('Z', "I");
}

/// The row that stands for these.
std::string digest_row(const std::vector<std::string>& rows) {
  pipeline::Chunk chunk(1'000);
  for (const std::string& row : rows) chunk.append(std::as_bytes(std::span(row)));
  verify::RowDigest digest;
  digest.see(chunk);
  return verify::encode_digest_row(digest.digest());
}

class ServerEndByScript : public testing::Test {
 protected:
  ServerEndByScript() {
    server.expect(
        {{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_OK}, {"PQsetnonblocking 1", 0}});
    end.emplace(*Wire::open({}, postgres::Side::source), "token");
  }

  void write(const std::string& bytes) {
    EXPECT_EQ(end->write(std::as_bytes(std::span(bytes))), bytes.size());
  }
  /// All that has come, read in pieces of this size.
  std::string read_all(std::size_t piece = 1'000) {
    std::string all;
    std::vector<std::byte> bytes(piece);
    for (auto got = end->read(bytes); got && *got; got = end->read(bytes))
      all.append(reinterpret_cast<const char*>(bytes.data()), **got);
    EXPECT_FALSE(end->has_read_ahead());
    return all;
  }

  const std::vector<std::string> rows = {"one\n", "and another\n"};
  const std::string request = verify::digest_request("token", false) + "COPY t TO STDOUT";
  ScriptedLibpq server;
  std::optional<ServerEnd> end;
};

TEST_F(ServerEndByScript, PassesBytesBothWays) {
  write(query("COPY t TO STDOUT"));
  EXPECT_EQ(server.receive(22), query("COPY t TO STDOUT"));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with(rows));
}

TEST_F(ServerEndByScript, KeepsTheRowsWhereTheirDigestIsAskedFor) {
  write(query(request));
  EXPECT_EQ(server.receive(query(request).size()), query(request));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with({digest_row(rows)}));
}

TEST_F(ServerEndByScript, HandsOverADigestInPiecesOfAnySize) {
  for (const std::size_t piece : {1, 3, 50}) {
    write(query(request));
    server.send(answer_with(rows));
    EXPECT_EQ(read_all(piece), answer_with({digest_row(rows)})) << piece;
  }
}

TEST_F(ServerEndByScript, SaysThatItHasReadAheadWhatDidNotFit) {
  write(query(request));
  server.send(answer_with(rows));
  std::array<std::byte, 3> bytes{};
  ASSERT_EQ(end->read(bytes).value(), 3U);
  EXPECT_TRUE(end->has_read_ahead());
}

TEST_F(ServerEndByScript, FindsARequestThatIsWrittenInPieces) {
  for (const char byte : query(request)) write(std::string(1, byte));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with({digest_row(rows)}));
}

TEST_F(ServerEndByScript, FindsARequestOfBinaryRows) {
  const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  write(query(verify::digest_request("token", true) + "COPY t TO STDOUT (FORMAT binary)"));
  server.send(answer_with({header + "row", "\377\377"}));
  EXPECT_EQ(read_all(), answer_with({digest_row({"row"})}));
}

TEST_F(ServerEndByScript, TakesNoTextWithAnotherTokenForARequest) {
  write(query(verify::digest_request("guess", false) + "COPY t TO STDOUT"));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with(rows));
}

TEST_F(ServerEndByScript, PassesTheAnswerToTheNextStatement) {
  write(query(request));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with({digest_row(rows)}));
  write(query("COPY t TO STDOUT"));
  server.send(answer_with(rows));
  EXPECT_EQ(read_all(), answer_with(rows));
}

TEST_F(ServerEndByScript, IsClosedWhereTheServerIs) {
  write(query(request));
  server.end_sending();
  std::array<std::byte, 10> bytes{};
  const Result<std::optional<std::size_t>> got = end->read(bytes);
  EXPECT_TRUE(!got || *got == 0U);
}

}  // namespace
}  // namespace pghaul::scripted

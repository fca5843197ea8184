#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "link/far_digest.h"
#include "link/message_scan.h"
#include "pipeline/chunk.h"
#include "verify/remote_digest.h"
#include "verify/row_digest.h"

namespace pghaul::link {
namespace {

std::string message(char type, const std::string& body) {
  std::string text(1, type);
  const std::size_t length = body.size() + 4;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(length >> shift & 0xFF);
  return text + body;
}

std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

verify::Digest digest_of(const std::vector<std::string>& rows) {
  pipeline::Chunk chunk(1000);
  for (const std::string& row : rows) chunk.append(as_bytes(row));
  verify::RowDigest digest;
  digest.see(chunk);
  return digest.digest();
}

/// Passes the answer to a COPY with these messages in it, in pieces of this size.
std::string passed(const std::vector<std::string>& rows, bool binary, std::size_t piece) {
  std::string answer = message('H', "head");
  for (const std::string& row : rows) answer += message('d', row);
  answer += message('c', "") + message('C', "COPY 2") + message('Z', "I");
  FarDigest digest(binary);
  std::vector<std::byte> out;
  for (std::size_t at = 0; at < answer.size(); at += piece) {
    EXPECT_FALSE(digest.over());
    digest.pass(as_bytes(answer).subspan(at, std::min(piece, answer.size() - at)), out);
  }
  EXPECT_TRUE(digest.over());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string answer_with(const std::string& row) {
  return message('H', "head") + message('d', row) + message('c', "") + message('C', "COPY 2") +
         message('Z', "I");
}

TEST(FarDigest, PutsTheDigestInPlaceOfTheRows) {
  const std::vector<std::string> rows = {"one\n", "and another\n"};
  for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
    EXPECT_EQ(passed(rows, false, piece), answer_with(verify::encode_digest_row(digest_of(rows)))) << piece;
  }
}

TEST(FarDigest, LeavesOutWhatIsOfTheStreamAndNotOfItsRows) {
  const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  const std::string trailer = "\377\377";
  for (const std::size_t piece : {1, 5, 1000}) {
    EXPECT_EQ(passed({header + "row", "another", trailer}, true, piece),
              answer_with(verify::encode_digest_row(digest_of({"row", "another"}))));
  }
}

TEST(FarDigest, IsNoneWhereTheStreamLacksItsEnd) {
  const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  verify::Digest digest;
  const std::string answer = passed({header + "row"}, true, 1000);
  const std::string row = answer.substr(answer.find('d') + 6);
  EXPECT_FALSE(verify::decode_digest_row(row.substr(0, row.find('\n') + 1), digest));
}

TEST(ToldDigest, ComesBackAsItWas) {
  const verify::Digest digest = digest_of({"one", "two"});
  verify::Digest read;
  ASSERT_TRUE(verify::decode_digest_row(verify::encode_digest_row(digest), read));
  EXPECT_EQ(read, digest);
  for (const char* wrong : {"", "\n", "1\n", "1 2\n", "1 2 3\n", "x 2 00000000000000000000000000000000\n",
                            "1 2 00000000000000000000000000000000"}) {
    EXPECT_FALSE(verify::decode_digest_row(wrong, read)) << wrong;
  }
}

}  // namespace
}  // namespace pghaul::link

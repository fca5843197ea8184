#include "link/piece_cutter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "support/binary_rows.h"
#include "support/seed.h"
#include "transport/copy_messages.h"

namespace pghaul::link {
namespace {

using support::binary;
using support::bytes_of;
using support::message;
using support::number;

constexpr std::size_t kMost = 20'000;

std::string row(std::uint64_t i) {
  return binary({number(i, 8), "a name " + std::to_string(i)});
}

std::string rows(std::uint64_t count) {
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i) text += message('d', row(i));
  return text;
}

/// A server's whole answer to COPY … TO STDOUT.
std::string answer(std::uint64_t count) {
  const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  return message('H', std::string("\1\0\2\0\1\0\1", 7)) + message('d', header + row(0)) + rows(count) +
         message('d', "\377\377") + message('c', "") + message('C', std::string("COPY 1\0", 7)) +
         message('Z', "T");
}

struct Cut {
  std::string all;       // what the pieces make together
  std::size_t rows = 0;  // bytes of it in pieces of rows
};

/// Cuts bytes that come in parts as `how_much` says, as far as possible each time.
template <typename HowMuch>
Cut cut(const std::string& text, HowMuch&& how_much) {
  PieceCutter cutter(kMost);
  Cut done;
  std::string gathered;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t more = std::min({how_much(), text.size() - at, kMost - gathered.size()});
    gathered += text.substr(at, more);
    at += more;
    for (;;) {
      const PieceCutter::Piece piece = cutter.next(bytes_of(gathered));
      if (piece.bytes == 0) break;
      const std::string part = gathered.substr(0, piece.bytes);
      done.all += part;
      if (piece.rows) {
        transport::CopyMessages messages;
        EXPECT_TRUE(messages.arrange(bytes_of(part)));
        done.rows += part.size();
      }
      gathered.erase(0, piece.bytes);
    }
    if (gathered.size() == kMost) break;  // nothing would ever go on
  }
  EXPECT_EQ(gathered, "");
  return done;
}

TEST(PieceCutter, PutsRowsIntoPiecesOfTheirOwn) {
  const std::string text = answer(5'000);
  const Cut done = cut(text, [] { return kMost; });
  EXPECT_EQ(done.all, text);
  EXPECT_GT(done.rows, text.size() - 3'000);
}

TEST(PieceCutter, LosesNothingHoweverTheBytesCome) {
  std::mt19937_64 random(support::seed_of_this_run());
  const std::string wide = message('d', binary({std::string(3 * kMost, 'w'), "x"}));
  const std::string text = message('Z', "I") + answer(400) + wide + rows(300) + message('d', "1\tone\n") +
                           message('d', "text\n") + wide + answer(3) + message('X', "");
  for (int round = 0; round < 50; ++round) {
    const std::size_t most = 1 + random() % (round % 2 == 0 ? 50 : kMost);
    const Cut done = cut(text, [&] { return 1 + random() % most; });
    ASSERT_EQ(done.all, text);
  }
}

TEST(PieceCutter, WaitsForTheRestOfRowsAndForNothingElse) {
  PieceCutter cutter(kMost);
  const std::string question = message('Q', "SELECT 1");
  EXPECT_EQ(cutter.next(bytes_of(question.substr(0, 7))).bytes, 7U);
  EXPECT_EQ(cutter.next(bytes_of(question.substr(7))).bytes, question.size() - 7);
  const std::string text = rows(200);
  const std::string part = text.substr(0, text.size() - 3);
  const PieceCutter::Piece whole = cutter.next(bytes_of(part));
  EXPECT_TRUE(whole.rows);
  EXPECT_EQ(whole.bytes, text.size() - message('d', row(199)).size());
  EXPECT_EQ(cutter.next(bytes_of(part.substr(whole.bytes))).bytes, 0U);
  EXPECT_EQ(cutter.next(bytes_of(text.substr(whole.bytes))).bytes, text.size() - whole.bytes);
}

TEST(PieceCutter, WaitsForNoRowThatIsWiderThanAPiece) {
  PieceCutter cutter(kMost);
  const std::string wide = message('d', binary({std::string(3 * kMost, 'w')}));
  EXPECT_EQ(cutter.next(bytes_of(wide.substr(0, 100))).bytes, 100U);
  EXPECT_EQ(cutter.next(bytes_of(wide.substr(100, kMost))).bytes, kMost);
}

TEST(PieceCutter, PutsFewRowsTogetherWithWhatIsAroundThem) {
  PieceCutter cutter(kMost);
  const std::string text = answer(5);
  const PieceCutter::Piece piece = cutter.next(bytes_of(text));
  EXPECT_EQ(piece.bytes, text.size());
  EXPECT_FALSE(piece.rows);
}

}  // namespace
}  // namespace pghaul::link

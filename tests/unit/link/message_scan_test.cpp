#include "link/message_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::link {
namespace {

using namespace std::string_literals;

struct Message {
  char type = 0;
  std::string body;

  bool operator==(const Message&) const = default;
};

/// Scans bytes that come in pieces of this size.
std::vector<Message> scanned(const std::string& text, std::size_t piece, bool& at_boundary) {
  MessageScan scan;
  std::vector<Message> found;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const std::string part_of_text = text.substr(at, piece);
    std::span<const std::byte> bytes = std::as_bytes(std::span(part_of_text));
    while (!bytes.empty()) {
      const MessageScan::Part part = scan.next(bytes);
      if (part.begins) found.push_back({part.type, {}});
      found.back().body.append(reinterpret_cast<const char*>(part.body.data()), part.body.size());
    }
  }
  at_boundary = scan.at_boundary();
  return found;
}

const std::string kThree = "D\0\0\0\7row"s + "Z\0\0\0\5I"s + "n\0\0\0\4"s;

TEST(MessageScan, FindsTheSameMessagesHoweverTheBytesCome) {
  for (std::size_t piece = 1; piece <= kThree.size(); ++piece) {
    bool at_boundary = false;
    EXPECT_EQ(scanned(kThree, piece, at_boundary),
              (std::vector<Message>{{'D', "row"}, {'Z', "I"}, {'n', ""}}))
        << piece;
    EXPECT_TRUE(at_boundary) << piece;
  }
}

TEST(MessageScan, IsAtNoBoundaryWithinAMessage) {
  for (std::size_t bytes = 1; bytes < 8; ++bytes) {
    bool at_boundary = true;
    (void)scanned(kThree.substr(0, bytes), bytes, at_boundary);
    EXPECT_FALSE(at_boundary) << bytes;
  }
}

TEST(MessageScan, GoesOnBehindALengthThatMakesNoSense) {
  bool at_boundary = false;
  EXPECT_EQ(scanned("X\0\0\0\1"s + "Z\0\0\0\5I"s, 100, at_boundary),
            (std::vector<Message>{{'X', ""}, {'Z', "I"}}));
}

}  // namespace
}  // namespace pghaul::link

#include "link/text_transfer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "support/memory_bytes.h"
#include "support/seed.h"

namespace pghaul::link {
namespace {

using support::MemoryInput;
using support::MemoryOutput;
using transport::Channel;
using transport::LinkFrame;
using transport::Multiplexer;

/// The bytes by which one half sends a text on channel 1.
std::vector<std::byte> sent(const std::string& text) {
  MemoryInput nothing({});
  MemoryOutput output;
  Multiplexer link(nothing, output);
  EXPECT_TRUE(send_text(link, *link.join(1), text, {}));
  return output.bytes;
}

/// Receives such bytes as the other half.
Result<std::string> received(const std::vector<std::byte>& bytes) {
  MemoryInput input(bytes);
  MemoryOutput output;
  Multiplexer link(input, output);
  const std::shared_ptr<Channel> channel = link.join(1);
  if (const Status ran = link.run([](const Channel::Arrived&) { return Status{}; }); !ran)
    channel->fail(ran.error());
  else
    channel->fail(Error{.code = ErrorCode::connection_lost, .message = "the link has ended"});
  return receive_text(link, *channel, {});
}

TEST(TextTransfer, GivesTheTextBackWhateverItsSize) {
  std::mt19937_64 random(support::seed_of_this_run());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{128} << 10, std::size_t{3} << 20}) {
    std::string text(size, ' ');
    for (char& c : text) c = static_cast<char>(random() % 7);
    const Result<std::string> came = received(sent(text));
    ASSERT_TRUE(came) << came.error().message;
    EXPECT_EQ(*came, text);
  }
}

TEST(TextTransfer, CrossesCompressed) {
  const std::string text(1 << 20, 'x');
  EXPECT_LT(sent(text).size(), text.size() / 100);
}

TEST(TextTransfer, IsNoTextWithoutItsEnd) {
  std::vector<std::byte> bytes = sent("the schema");
  bytes.resize(bytes.size() - LinkFrame::kBytes);  // the last frame, which says that this was all
  EXPECT_FALSE(received(bytes));
}

TEST(TextTransfer, IsEndedByAFrameThatDoesNotBelongThere) {
  MemoryInput nothing({});
  MemoryOutput output;
  Multiplexer link(nothing, output);
  ASSERT_TRUE(link.send(LinkFrame::Kind::done, 1));
  const Result<std::string> came = received(output.bytes);
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(came.error().message, "protocol error on the link: unexpected frame of kind done on channel 1");
}

}  // namespace
}  // namespace pghaul::link

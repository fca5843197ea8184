#include "link/pump.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "support/memory_bytes.h"
#include "transport/frame_encoder.h"

namespace pghaul::link {
namespace {

using support::MemoryInput;
using support::MemoryOutput;
using transport::Channel;
using transport::Compression;
using transport::FrameEncoder;
using transport::LinkFrame;
using transport::Multiplexer;

constexpr Compression kNone{.level = FrameEncoder::kStore};

/// What the endpoint says, in pieces, and then that it has closed; it keeps what it is given.
class ScriptedEnd : public Endpoint {
 public:
  ScriptedEnd() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_.data()), 0); }
  ~ScriptedEnd() override {
    for (const int end : sockets_) close(end);
  }
  int socket() const override { return sockets_[0]; }
  bool has_read_ahead() const override { return true; }  // there is always something to do
  Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) override {
    if (says.empty()) return stays_open ? std::optional<std::size_t>() : std::optional<std::size_t>(0);
    const std::size_t count = std::min(bytes.size(), says.size());
    std::copy_n(std::as_bytes(std::span(says)).begin(), count, bytes.begin());
    says.erase(0, count);
    return std::optional(count);
  }
  Result<std::size_t> write(std::span<const std::byte> bytes) override {
    if (deaf) return fail(ErrorCode::connection_lost, "it has gone");
    const std::size_t count = std::min(bytes.size(), takes_at_once);
    heard.append(reinterpret_cast<const char*>(bytes.data()), count);
    return count;
  }
  void cancel() override { ++cancelled; }

  std::string says;
  bool stays_open = false;
  bool deaf = false;
  std::size_t takes_at_once = 1'000'000;
  std::string heard;
  int cancelled = 0;

 private:
  std::array<int, 2> sockets_{};
};

/// A pump between channel 7 of a link and an endpoint. What the other half sends has come before it runs.
class PumpTest : public testing::Test {
 protected:
  Status run(const Compression& compression = kNone) {
    MemoryInput input(sent_to_us.bytes);
    Multiplexer link(input, sent_by_us);
    const std::shared_ptr<Channel> channel = link.join(7);
    EXPECT_TRUE(link.run([](const Channel::Arrived&) -> Status { return {}; }));
    if (failure) link.fail(*failure);
    Pump pump(link, *channel, end, compression);
    return pump.run();
  }

  /// The frames that have been sent on the channel.
  std::vector<Channel::Arrived> frames() {
    MemoryInput input(sent_by_us.bytes);
    MemoryOutput unused;
    Multiplexer there(input, unused);
    const std::shared_ptr<Channel> channel = there.join(7);
    EXPECT_TRUE(there.run([](const Channel::Arrived&) -> Status { return {}; }));
    std::vector<Channel::Arrived> all;
    while (auto frame = channel->take()) all.push_back(std::move(*frame));
    return all;
  }

  /// The bytes that they carry.
  std::string carried() {
    transport::StreamUnpacker unpacker;
    std::string text;
    for (const Channel::Arrived& one : frames()) {
      if (one.frame.kind != LinkFrame::Kind::data) continue;
      const Result<std::span<const std::byte>> raw = unpacker.unpack(one.frame, one.payload);
      EXPECT_TRUE(raw);
      if (raw) text.append(reinterpret_cast<const char*>(raw->data()), raw->size());
    }
    return text;
  }

  MemoryInput nothing{{}};
  MemoryOutput sent_to_us;
  MemoryOutput sent_by_us;
  Multiplexer other{nothing, sent_to_us};
  std::optional<Error> failure;
  ScriptedEnd end;
};

TEST_F(PumpTest, GivesTheEndpointWhatComesUntilTheOtherHalfCloses) {
  end.stays_open = true;
  ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, "hello "));
  ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, "there"));
  ASSERT_TRUE(other.send(LinkFrame::Kind::close, 7));
  EXPECT_TRUE(run());
  EXPECT_EQ(end.heard, "hello there");
}

TEST_F(PumpTest, GivesAnEndpointThatTakesLittleAllTheSame) {
  end.stays_open = true;
  end.takes_at_once = 2;
  ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, "hello "));
  ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, "there"));
  ASSERT_TRUE(other.send(LinkFrame::Kind::close, 7));
  EXPECT_TRUE(run());
  EXPECT_EQ(end.heard, "hello there");
}

TEST_F(PumpTest, SendsWhatTheEndpointSaysAndThenThatItHasClosed) {
  end.says = "good bye";
  EXPECT_TRUE(run());
  EXPECT_EQ(carried(), "good bye");
  EXPECT_EQ(frames().back().frame.kind, LinkFrame::Kind::close);
}

TEST_F(PumpTest, SendsMoreThanFitsAFrameInItsOrder) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ' ';
  for (const Compression& compression : {kNone, Compression{.level = 1}}) {
    end.says = text;
    sent_by_us.bytes.clear();
    ASSERT_TRUE(run(compression));
    EXPECT_EQ(carried(), text);
    EXPECT_GT(frames().size(), 2U);
  }
}

TEST_F(PumpTest, CompressesWhatIsWorthIt) {
  end.says = std::string(50'000, 'x');
  ASSERT_TRUE(run({.level = 3}));
  EXPECT_EQ(frames().front().frame.coding, LinkFrame::Coding::zstd);
  EXPECT_LT(sent_by_us.bytes.size(), 1'000U);
}

TEST_F(PumpTest, SendsAShortAnswerAsItIs) {
  end.says = std::string(199, 'x');
  ASSERT_TRUE(run({.level = 3}));
  EXPECT_EQ(frames().front().frame.coding, LinkFrame::Coding::stored);
}

TEST_F(PumpTest, CompressesNothingWhereThatIsNotAskedFor) {
  end.says = std::string(50'000, 'x');
  ASSERT_TRUE(run(kNone));
  for (const Channel::Arrived& one : frames()) EXPECT_EQ(one.frame.coding, LinkFrame::Coding::stored);
}

TEST_F(PumpTest, StillReadsWhyTheEndpointTakesNoMore) {
  end.deaf = true;
  end.says = "FATAL: terminating connection";
  ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, "SELECT 1"));
  EXPECT_TRUE(run());
  EXPECT_EQ(carried(), "FATAL: terminating connection");
  EXPECT_EQ(end.heard, "");
}

TEST_F(PumpTest, AllowsTheOtherHalfToSendAsMuchAsTheEndpointHasTaken) {
  end.stays_open = true;
  const std::string piece(LinkFrame::kMostRawBytes, 'x');
  std::size_t sent = 0;
  for (; sent + piece.size() <= Channel::kWindow; sent += piece.size())
    ASSERT_TRUE(other.send(LinkFrame::Kind::data, 7, piece));
  ASSERT_TRUE(other.send(LinkFrame::Kind::close, 7));
  ASSERT_TRUE(run());
  EXPECT_EQ(end.heard.size(), sent);
  // What is sent back is nothing but credit, in frames of which each is a header and a number.
  EXPECT_GE(sent_by_us.bytes.size(), LinkFrame::kBytes + 4);
  EXPECT_EQ(sent_by_us.bytes.size() % (LinkFrame::kBytes + 4), 0U);
}

TEST_F(PumpTest, CancelsAsTheOtherHalfAsks) {
  ASSERT_TRUE(other.send(LinkFrame::Kind::cancel, 7));
  EXPECT_TRUE(run());
  EXPECT_EQ(end.cancelled, 1);
}

TEST_F(PumpTest, EndsAtAFrameThatHasNoBusinessOnAnOpenChannel) {
  end.stays_open = true;
  ASSERT_TRUE(other.send(LinkFrame::Kind::hello, 7, "again"));
  const Status ended = run();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::connection_lost);
}

TEST_F(PumpTest, EndsWithTheLinksFailure) {
  end.stays_open = true;
  failure = Error{ErrorCode::connection_lost, "the far half has gone"};
  const Status ended = run();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "the far half has gone");
}

}  // namespace
}  // namespace pghaul::link

#include "link/far_half.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>

#include "link/greeting.h"
#include "link/remote_request.h"
#include "link/sign_in.h"
#include "link/text_transfer.h"
#include "support/played_half.h"

namespace pghaul::link {
namespace {

using support::PlayedHalf;
using support::text_of;
using transport::Channel;
using transport::LinkFrame;

/// A far half, to which the test plays the near half. There is no server.
class FarHalfTest : public testing::Test {
 protected:
  FarHalfTest() {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    near.emplace(pair[0], dup(pair[0]));
    served = std::async(std::launch::async, [descriptor = pair[1]] {
      BreakablePipes pipes(descriptor, descriptor);
      Status ended = serve(pipes);
      close(descriptor);
      return ended;
    });
    greeted.resize(greeting().size());
    EXPECT_EQ(near->pipes.read(std::as_writable_bytes(std::span(greeted))), greeted.size());
    own = near->channel(0);
    near->start();
  }
  ~FarHalfTest() override {
    near.reset();
    if (served.valid()) (void)served.get();
  }

  Status send(LinkFrame::Kind kind, std::uint32_t channel, const Fields& fields = {}) {
    return near->link.send(kind, channel, pack_fields(fields));
  }
  /// The reason why it has ended, which is a mistake of the near half's.
  std::string protocol_error() {
    const Status ended = served.get();
    EXPECT_EQ(ended.error().code, ErrorCode::connection_lost);
    return ended.error().message;
  }

  const Fields hello = {
      {"host", "/nowhere/at/all"}, {"side", "target"}, {"compress", "auto"}, {"patience", "60"}};
  std::future<Status> served;
  std::optional<PlayedHalf> near;
  std::string greeted;
  std::shared_ptr<Channel> own;
};

TEST_F(FarHalfTest, GreetsAndEndsWithTheNearHalf) {
  EXPECT_EQ(greeted, greeting());
  near.reset();
  EXPECT_TRUE(served.get());
}

TEST_F(FarHalfTest, SaysThatItCannotReachTheServer) {
  ASSERT_TRUE(send(LinkFrame::Kind::hello, 0, hello));
  const Result<Channel::Arrived> answer = own->wait({});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->frame.kind, LinkFrame::Kind::refused);
  const Error reason = unpack_error(text_of(*answer));
  EXPECT_EQ(reason.code, ErrorCode::connection_failed);
  EXPECT_TRUE(reason.message.starts_with("cannot connect to the target: ")) << reason.message;
}

TEST_F(FarHalfTest, SaysForEachConnectionThatItCannotReachTheServer) {
  ASSERT_TRUE(send(LinkFrame::Kind::hello, 0, hello));
  for (const std::uint32_t id : {7U, 3U}) {
    const std::shared_ptr<Channel> channel = near->channel(id);
    ASSERT_TRUE(send(LinkFrame::Kind::open, id, {{"database", "shop"}}));
    EXPECT_EQ(channel->wait({}).value().frame.kind, LinkFrame::Kind::refused);
  }
}

TEST_F(FarHalfTest, RunsARequest) {
  const std::shared_ptr<Channel> channel = near->channel(5);
  ASSERT_TRUE(send(LinkFrame::Kind::request, 5));
  ASSERT_TRUE(send_text(near->link, *channel,
                        pack_request({.fields = {{"errand", "carry"}, {"bytes", "1000"}}}), {}));
  ASSERT_EQ(channel->wait({}).value().frame.kind, LinkFrame::Kind::done);
  const Result<std::string> answer = receive_text(near->link, *channel, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(unpack_request(*answer).value().text.size(), 1'000U);
}

TEST_F(FarHalfTest, RefusesARequestThatItCannotRead) {
  const std::shared_ptr<Channel> channel = near->channel(5);
  ASSERT_TRUE(send(LinkFrame::Kind::request, 5));
  ASSERT_TRUE(send_text(near->link, *channel, "nonsense", {}));
  EXPECT_EQ(channel->wait({}).value().frame.kind, LinkFrame::Kind::refused);
}

TEST_F(FarHalfTest, EndsAtASecondHello) {
  ASSERT_TRUE(send(LinkFrame::Kind::hello, 0, hello));
  (void)send(LinkFrame::Kind::hello, 0, hello);
  EXPECT_NE(protocol_error().find("a second hello"), std::string::npos);
}

TEST_F(FarHalfTest, EndsAtAHelloWithoutATimeLimit) {
  ASSERT_TRUE(send(LinkFrame::Kind::hello, 0, {{"compress", "auto"}}));
  EXPECT_NE(protocol_error().find("a hello without its time limit"), std::string::npos);
}

TEST_F(FarHalfTest, EndsAtWhatBelongsToNoChannel) {
  ASSERT_TRUE(send(LinkFrame::Kind::open, 0));
  EXPECT_NE(protocol_error().find("channel 0 cannot be opened"), std::string::npos);
}

TEST_F(FarHalfTest, EndsAtARequestOnItsOwnChannel) {
  ASSERT_TRUE(send(LinkFrame::Kind::request, 0));
  EXPECT_NE(protocol_error().find("channel 0 accepts no requests"), std::string::npos);
}

TEST_F(FarHalfTest, EndsAtAFrameThatOnlyItSends) {
  ASSERT_TRUE(send(LinkFrame::Kind::ready, 9));
  EXPECT_NE(protocol_error().find("ready"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::link

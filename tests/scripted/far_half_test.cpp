#include "link/far_half.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <optional>
#include <string>

#include "link/greeting.h"
#include "link/sign_in.h"
#include "scripted/scripted_libpq.h"
#include "support/played_half.h"

namespace pghaul::scripted {
namespace {

using link::Fields;
using support::PlayedHalf;
using support::text_of;
using transport::Channel;
using transport::LinkFrame;

/// A far half whose server follows a script, and to which the test plays the near half.
class FarHalfByScript : public testing::Test {
 protected:
  FarHalfByScript() {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    near.emplace(pair[0], dup(pair[0]));
    served = std::async(std::launch::async, [descriptor = pair[1]] {
      link::BreakablePipes pipes(descriptor, descriptor);
      Status ended = link::serve(pipes);
      close(descriptor);
      return ended;
    });
    std::string greeted(link::greeting().size(), '\0');
    EXPECT_EQ(near->pipes.read(std::as_writable_bytes(std::span(greeted))), greeted.size());
    own = near->channel(0);
    near->start();
  }
  ~FarHalfByScript() override {
    near.reset();
    (void)served.get();
  }

  void expect_connecting() {
    server.expect(
        {{"PQconnectStartParams", 1}, {"PQconnectPoll", PGRES_POLLING_OK}, {"PQsetnonblocking 1", 0}});
  }
  /// Has the far half look at its server; returns what it says of it.
  Fields introduce() {
    expect_connecting();
    const Fields hello = {{"host", "db.example"}, {"compress", "none"}, {"patience", "60"}};
    EXPECT_TRUE(near->link.send(LinkFrame::Kind::hello, 0, link::pack_fields(hello)));
    const Result<Channel::Arrived> answer = own->wait({});
    EXPECT_TRUE(answer && answer->frame.kind == LinkFrame::Kind::ready);
    return link::unpack_fields(text_of(*answer)).value();
  }
  /// Opens a connection on channel 7; returns what the server said at sign-in.
  Fields open() {
    expect_connecting();
    channel = near->channel(7);
    EXPECT_TRUE(near->link.send(LinkFrame::Kind::open, 7, link::pack_fields({{"database", "shop"}})));
    const Result<Channel::Arrived> answer = channel->wait({});
    EXPECT_TRUE(answer && answer->frame.kind == LinkFrame::Kind::opened);
    return link::unpack_fields(text_of(*answer)).value();
  }

  ScriptedLibpq server;
  std::optional<PlayedHalf> near;
  std::future<Status> served;
  std::shared_ptr<Channel> own;
  std::shared_ptr<Channel> channel;
};

TEST_F(FarHalfByScript, SaysWhereItsServerIs) {
  const Fields facts = introduce();
  EXPECT_EQ(link::field_in(facts, "place"), link::this_place());
  for (const char* name : {"database", "user", "host", "port", "machine"})
    EXPECT_TRUE(facts.contains(name)) << name;
}

TEST_F(FarHalfByScript, OpensAConnection) {
  introduce();
  const Fields session = open();
  EXPECT_EQ(link::number_in(session, "pid"), ScriptedLibpq::kSession);
  EXPECT_TRUE(session.contains("server_version"));
}

TEST_F(FarHalfByScript, CarriesBytesBothWays) {
  introduce();
  open();
  ASSERT_TRUE(near->link.send(LinkFrame::Kind::data, 7, "question"));
  EXPECT_EQ(server.receive(8), "question");
  server.send("answer");
  EXPECT_EQ(text_of(channel->wait({}).value()), "answer");
}

TEST_F(FarHalfByScript, ClosesTheChannelOfAConnectionThatHasEnded) {
  introduce();
  open();
  server.end_sending();
  EXPECT_EQ(channel->wait({}).value().frame.kind, LinkFrame::Kind::close);
}

TEST_F(FarHalfByScript, SaysWhyItsServerAcceptsNoConnection) {
  introduce();
  server.expect({{"PQconnectStartParams", 0}});
  channel = near->channel(7);
  ASSERT_TRUE(near->link.send(LinkFrame::Kind::open, 7));
  const Result<Channel::Arrived> answer = channel->wait({});
  ASSERT_TRUE(answer && answer->frame.kind == LinkFrame::Kind::refused);
  EXPECT_EQ(link::unpack_error(text_of(*answer)).code, ErrorCode::system);
}

}  // namespace
}  // namespace pghaul::scripted

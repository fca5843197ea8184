#include "transport/channel.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace pghaul::transport {
namespace {

std::vector<std::byte> bytes(std::size_t count) {
  return std::vector<std::byte>(count);
}

/// Makes the frame by which the other half gives so much credit.
std::vector<std::byte> credit(std::uint32_t more) {
  std::vector<std::byte> payload;
  for (int i = 0; i < 4; ++i) payload.push_back(static_cast<std::byte>(more >> (8 * i) & 0xFF));
  return payload;
}

bool rings(const Channel& channel) {
  pollfd bell{channel.bell(), POLLIN, 0};
  return poll(&bell, 1, 0) == 1;
}

TEST(Channel, MaySendNoMoreThanItsWindowUntilItIsGivenCredit) {
  Channel channel(1);
  EXPECT_TRUE(channel.may_send());
  channel.sent(Channel::kWindow);
  EXPECT_FALSE(channel.may_send());
  ASSERT_TRUE(channel.deliver({.kind = LinkFrame::Kind::credit}, credit(1)));
  EXPECT_TRUE(channel.may_send());
}

TEST(Channel, RefusesACreditWithoutItsNumber) {
  Channel channel(1);
  EXPECT_FALSE(channel.deliver({.kind = LinkFrame::Kind::credit}, bytes(3)));
}

TEST(Channel, RefusesMoreThanItsWindowWhileNobodyReads) {
  Channel channel(1);
  Status delivered;
  std::size_t taken = 0;
  for (; delivered && taken < 2 * Channel::kWindow; taken += 1_MiB)
    delivered = channel.deliver({.kind = LinkFrame::Kind::data}, bytes(1_MiB));
  ASSERT_FALSE(delivered);
  EXPECT_EQ(delivered.error().code, ErrorCode::connection_lost);
  EXPECT_GT(taken, Channel::kWindow);
}

TEST(Channel, GivesCreditBackInLargePortions) {
  Channel channel(1);
  EXPECT_EQ(channel.used(Channel::kWindow / 4 - 1), 0U);
  EXPECT_EQ(channel.used(1), Channel::kWindow / 4);
  EXPECT_EQ(channel.used(1), 0U);
}

TEST(Channel, RingsWhenSomethingHasComeAndNotAfterItWasSilenced) {
  Channel channel(1);
  EXPECT_FALSE(rings(channel));
  ASSERT_TRUE(channel.deliver({.kind = LinkFrame::Kind::data}, bytes(1)));
  EXPECT_TRUE(rings(channel));
  channel.silence_bell();
  EXPECT_FALSE(rings(channel));
  EXPECT_TRUE(channel.take());
}

TEST(Channel, HearsACancelAheadOfWhatWaitsToBeTaken) {
  Channel channel(1);
  ASSERT_TRUE(channel.deliver({.kind = LinkFrame::Kind::data}, bytes(1)));
  ASSERT_TRUE(channel.deliver({.kind = LinkFrame::Kind::cancel}, {}));
  EXPECT_TRUE(channel.take_cancel());
  EXPECT_FALSE(channel.take_cancel());
  EXPECT_TRUE(channel.take());
}

TEST(Channel, GivesWhatHadComeBeforeTheLinkFailed) {
  Channel channel(1);
  ASSERT_TRUE(channel.deliver({.kind = LinkFrame::Kind::data}, bytes(1)));
  channel.fail({.code = ErrorCode::connection_lost, .message = "first"});
  channel.fail({.code = ErrorCode::connection_lost, .message = "second"});
  EXPECT_TRUE(channel.wait({}));
  EXPECT_EQ(channel.wait({}).error().message, "first");
  EXPECT_EQ(channel.wait_to_send({}).error().message, "first");
}

TEST(Channel, IsInterruptedWhileItWaitsForNothing) {
  Channel channel(1);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(channel.wait(stop.get_token()).error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace pghaul::transport

#include "link/remote_request.h"

#include <gtest/gtest.h>

#include "link/far_line.h"

namespace pghaul::link {
namespace {

TEST(Errand, ComesBackAsItWas) {
  const RemoteRequest sent{.fields = {{"errand", "dump"}, {"path", "a=b\nc"}},
                           .text = std::string("3\nbytes\0", 8)};
  const Result<RemoteRequest> came = unpack_request(pack_request(sent));
  ASSERT_TRUE(came) << came.error().message;
  EXPECT_EQ(came->fields, sent.fields);
  EXPECT_EQ(came->text, sent.text);
}

TEST(Errand, IsRefusedWhenItsWordsAreCutOff) {
  const std::string packed = pack_request({.fields = {{"errand", "dump"}}});
  for (std::size_t bytes = 0; bytes < packed.size(); ++bytes)
    EXPECT_FALSE(unpack_request(packed.substr(0, bytes))) << bytes;
}

TEST(Errand, IsRefusedWhenItAnnouncesMoreWordsThanItHas) {
  for (const char* text : {"", "x", "7", "7\n", "-1\n", "18446744073709551615\nx", "99999999999999999999\nx"})
    EXPECT_FALSE(unpack_request(text)) << text;
}

TEST(Carrying, IsAnsweredWithAsManyBytesAsWereAskedForUpToALimit) {
  const auto answer_to = [](const std::string& bytes) {
    return answer_carrying({.fields = {{"errand", "carry"}, {"bytes", bytes}}}).text.size();
  };
  EXPECT_TRUE(is_carrying({.fields = {{"errand", "carry"}}}));
  EXPECT_FALSE(is_carrying({.fields = {{"errand", "dump"}}}));
  EXPECT_EQ(answer_to("4096"), 4096U);
  EXPECT_EQ(answer_to("0"), 0U);
  EXPECT_EQ(answer_to("-5"), 0U);
  EXPECT_EQ(answer_to("2000000000"), std::size_t{64} << 20);
}

}  // namespace
}  // namespace pghaul::link

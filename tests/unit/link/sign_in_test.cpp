#include <gtest/gtest.h>

#include "link/greeting.h"
#include "link/sign_in.h"
#include "transport/frame_encoder.h"

namespace pghaul::link {
namespace {

TEST(Words, ComeBackAsTheyWere) {
  const Words words = {{"dbname", "shop"}, {"password", "with = and ' and\nlines"}, {"options", ""}};
  const Result<Words> again = unpack_words(pack_words(words));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, words);
  EXPECT_FALSE(unpack_words("without an end"));
}

TEST(Greeting, IsThatOfTheSameVersion) {
  const std::string line = greeting();
  EXPECT_TRUE(check_greeting(line.substr(0, line.size() - 1)));
  for (const char* other :
       {"", "Last login: yesterday", "pghaul-link 1 0.0.1", "pghaul-link 2", "pghaul-link"}) {
    const Status checked = check_greeting(other);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::connection_failed);
  }
}

TEST(CompressionTo, IsNoneWithinOneMachineUnlessALevelIsAskedFor) {
  const std::string here = this_place();
  ASSERT_FALSE(here.empty());
  EXPECT_EQ(compression_to(here, {}).level, transport::FrameEncoder::kStore);
  EXPECT_EQ(compression_to(here, {.level = 3}).level, 3);
  EXPECT_EQ(compression_to("elsewhere", {}).level, std::nullopt);
  EXPECT_EQ(compression_to("", {}).level, std::nullopt);
}

}  // namespace
}  // namespace pghaul::link

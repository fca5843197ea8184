#include "link/greeting.h"

#include <gtest/gtest.h>

#include "measure/version.h"
#include "transport/frame_encoder.h"

namespace pghaul::link {
namespace {

std::string our_line() {
  std::string line = greeting();
  line.pop_back();  // its end, which whoever reads lines drops
  return line;
}

TEST(Greeting, IsOneLine) {
  EXPECT_EQ(greeting().find('\n'), greeting().size() - 1);
}

TEST(Greeting, OfTheSameVersionIsTaken) {
  EXPECT_TRUE(check_greeting(our_line()));
}

TEST(Greeting, OfAnotherVersionOrProtocolIsRefusedWithBothVersions) {
  const std::string ours = measure::kVersion;
  for (const std::string& line : {"pghaul-link 999 " + ours, std::string("pghaul-link 4 0.0.1")}) {
    const Status checked = check_greeting(line);
    ASSERT_FALSE(checked) << line;
    EXPECT_EQ(checked.error().code, ErrorCode::connection_failed);
    EXPECT_NE(checked.error().message.find("and this is pghaul " + ours), std::string::npos);
    EXPECT_NE(checked.error().hint.find("same version"), std::string::npos);
  }
  EXPECT_NE(check_greeting("pghaul-link 4 0.0.1").error().message.find("is pghaul 0.0.1,"),
            std::string::npos);
}

TEST(Greeting, ThatIsNoneIsShownAsItCame) {
  const Status checked = check_greeting("bash: pghaul: command not found");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::connection_failed);
  EXPECT_NE(checked.error().message.find("\"bash: pghaul: command not found\""), std::string::npos);
  EXPECT_NE(checked.error().hint.find("standard output"), std::string::npos);
}

TEST(Greeting, IsRefusedWithMoreOrLessAroundIt) {
  for (const std::string& line :
       {our_line() + " ", " " + our_line(), our_line() + "\r", our_line().substr(0, our_line().size() - 1),
        std::string("pghaul-link 4"), std::string("pghaul-link"), std::string()}) {
    EXPECT_FALSE(check_greeting(line)) << line;
  }
}

TEST(Greeting, ThatIsGarbageCannotReachTheTerminal) {
  const Status checked = check_greeting("\x1b[2J\x07 caf\xc3\xa9 \x7f" + std::string(5000, 'x'));
  ASSERT_FALSE(checked);
  for (const char byte : checked.error().message) EXPECT_TRUE(byte >= ' ' && byte <= '~');
  EXPECT_LT(checked.error().message.size(), 300U);
}

TEST(CompressionTo, IsNoneWithinOneMachineUnlessALevelIsAskedFor) {
  const std::string here = this_place();
  ASSERT_FALSE(here.empty());
  EXPECT_EQ(compression_to(here, {}).level, transport::FrameEncoder::kStore);
  EXPECT_EQ(compression_to(here, {.level = 3}).level, 3);
  EXPECT_EQ(compression_to("elsewhere", {}).level, std::nullopt);
  EXPECT_EQ(compression_to("", {}).level, std::nullopt);
}

TEST(ThisPlace, IsOnThisMachine) {
  ASSERT_FALSE(this_machine().empty());
  EXPECT_TRUE(this_place().starts_with(this_machine() + " ")) << this_place();
}

}  // namespace
}  // namespace pghaul::link

#include "link/first_line.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace pghaul::link {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds kLimit{20};

std::unique_ptr<Command> started(const std::string& command) {
  Result<std::unique_ptr<Command>> result = Command::start(command, [](const auto&) {});
  EXPECT_TRUE(result);
  return std::move(*result);
}

class FirstLineTest : public testing::Test {
 protected:
  Result<std::string> await_line_of(const std::string& command) {
    const std::unique_ptr<Command> running = started(command);
    return await_first_line(
        *running, kLimit, [this](const std::string& what) { waits.push_back(what); }, stop.get_token(),
        [this] { return time += step; });
  }

  std::stop_source stop;
  Time time;
  std::chrono::seconds step{0};  // by which the clock moves whenever it is looked at
  std::vector<std::string> waits;
};

TEST_F(FirstLineTest, IsReadUpToItsEnd) {
  EXPECT_EQ(await_line_of("echo hello; echo more"), "hello");
  EXPECT_EQ(await_line_of("printf 'hel'; printf lo"), "hello");
  EXPECT_TRUE(waits.empty());
}

TEST_F(FirstLineTest, IsCutWhereItIsLongerThanAnyGreeting) {
  EXPECT_EQ(await_line_of("yes | head -c 2000 | tr -d '\\n'").value().size(), 400U);
}

TEST_F(FirstLineTest, LeavesWhatFollowsToBeRead) {
  const std::unique_ptr<Command> running = started("echo hello; printf more");
  ASSERT_EQ(await_first_line(*running, kLimit, [](const auto&) {}, {}), "hello");
  std::string rest(4, '\0');
  EXPECT_EQ(running->read(std::as_writable_bytes(std::span(rest))), 4U);
  EXPECT_EQ(rest, "more");
}

TEST_F(FirstLineTest, SaysHowACommandEndedThatWroteNothing) {
  const Result<std::string> line = await_line_of("exit 3");
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::connection_failed);
  EXPECT_TRUE(line.error().message.starts_with("the far half of the link did not start: it "));
}

TEST_F(FirstLineTest, IsWaitedForNoLongerThanTheLimit) {
  step = 6s;
  const Result<std::string> line = await_line_of("cat");
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::connection_failed);
  EXPECT_EQ(line.error().message, "the far half of the link sent no greeting within 20 s");
  EXPECT_EQ(waits, std::vector<std::string>{"the far half's greeting; given up after 20 s"});
}

TEST_F(FirstLineTest, IsWaitedForUntilAStop) {
  stop.request_stop();
  EXPECT_EQ(await_line_of("cat").error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace pghaul::link

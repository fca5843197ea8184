#include "link/command.h"

#include <gtest/gtest.h>

#include <future>
#include <string_view>
#include <vector>

namespace pghaul::link {
namespace {

/// Starts it, with lines of its standard error dropped.
std::unique_ptr<Command> started(
    const std::string& command, Command::OnLine on_line = [](const auto&) {}) {
  Result<std::unique_ptr<Command>> result = Command::start(command, std::move(on_line));
  EXPECT_TRUE(result);
  return std::move(*result);
}

Status write(Command& command, std::string_view text) {
  return command.write(std::as_bytes(std::span(text)));
}

/// All that it says until it closes its output.
std::string all_from(Command& command) {
  std::string text(1'000, '\0');
  const Result<std::size_t> got = command.read(std::as_writable_bytes(std::span(text)));
  EXPECT_TRUE(got);
  text.resize(got ? *got : 0);
  return text;
}

/// Its last words once it has ended, however busy the machine is.
std::string last_words(Command& command) {
  std::string words;
  for (int attempt = 0; attempt < 60; ++attempt) {
    words = command.last_words();
    if (!words.starts_with("it has closed its output")) break;
  }
  return words;
}

TEST(Command, CarriesBytesBothWays) {
  const auto command = started("head -c 12");
  ASSERT_TRUE(write(*command, "hello "));
  ASSERT_TRUE(write(*command, std::string_view("\0there", 6)));
  EXPECT_EQ(all_from(*command), std::string("hello \0there", 12));
}

TEST(Command, FillsWhatIsReadIntoThoughItComesInPieces) {
  const auto command = started("printf ab; head -c 1; printf cd");
  ASSERT_TRUE(write(*command, "-"));
  EXPECT_EQ(all_from(*command), "ab-cd");
}

TEST(Command, HandsOverEachLineOfItsStandardError) {
  std::vector<std::string> lines;
  std::promise<void> all;
  const auto command = started("printf 'one\\r\\n\\ntwo\\n' >&2; printf 'thr' >&2; printf ee >&2",
                               [&](const std::string& line) {
                                 lines.push_back(line);
                                 if (lines.size() == 3) all.set_value();
                               });
  all.get_future().wait();
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(Command, HandsOverNoMoreLinesThanAnybodyReads) {
  std::size_t count = 0;
  std::promise<std::string> last;
  const auto command = started("yes warning | head -n 1500 >&2", [&](const std::string& line) {
    if (++count == 1'001) last.set_value(line);
  });
  EXPECT_EQ(last.get_future().get(), "(it says more than can be shown)");
}

TEST(Command, SaysHowItEndedAndWhatItLastSaid) {
  std::promise<void> heard;
  const auto command = started("echo 'no such host' >&2; exit 3", [&](const auto&) { heard.set_value(); });
  EXPECT_EQ(all_from(*command), "");
  heard.get_future().wait();
  EXPECT_EQ(last_words(*command), "it ended with exit status 3; it last said: no such host");
}

TEST(Command, SaysThatTheProgramWasNotFound) {
  const auto command = started("exec /nonexistent/pghaul 2>/dev/null");
  EXPECT_EQ(all_from(*command), "");
  EXPECT_EQ(last_words(*command), "it was not found (exit status 127)");
}

TEST(Command, SaysWhichSignalKilledIt) {
  const auto command = started("kill -TERM $$");
  EXPECT_EQ(all_from(*command), "");
  EXPECT_EQ(last_words(*command), "it was killed by signal 15");
}

TEST(Command, EndsWhoeverReadsWhenItIsBrokenOff) {
  const auto command = started("cat");
  std::future<std::string> reading = std::async(std::launch::async, [&] { return all_from(*command); });
  command->break_off();
  EXPECT_EQ(reading.get(), "");
  const Status written = write(*command, "more");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::connection_lost);
  EXPECT_NE(written.error().message.find("the far half can't be written to"), std::string::npos);
}

TEST(Command, EndsByItselfOnceItsInputIsClosed) {
  std::promise<void> said;
  const auto command = started("cat >/dev/null; echo over >&2", [&](const auto&) { said.set_value(); });
  command->break_off();
  said.get_future().wait();
  EXPECT_EQ(last_words(*command), "it ended with exit status 0; it last said: over");
}

}  // namespace
}  // namespace pghaul::link

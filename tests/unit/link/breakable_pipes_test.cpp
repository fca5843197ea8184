#include "link/breakable_pipes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

namespace pghaul::link {
namespace {

class BreakablePipesTest : public testing::Test {
 protected:
  BreakablePipesTest() {
    EXPECT_EQ(pipe(to_us.data()), 0);
    EXPECT_EQ(pipe(from_us.data()), 0);
  }
  ~BreakablePipesTest() override {
    for (const int end : {to_us[0], to_us[1], from_us[0], from_us[1]})
      if (end >= 0) close(end);
  }
  std::array<int, 2> to_us{};
  std::array<int, 2> from_us{};
};

TEST_F(BreakablePipesTest, FillWhatIsReadIntoThoughItComesInPieces) {
  BreakablePipes pipes(to_us[0], from_us[1]);
  const std::jthread sender([this] {
    for (const char c : std::string("abcdef")) EXPECT_EQ(::write(to_us[1], &c, 1), 1);
  });
  std::array<std::byte, 6> bytes{};
  EXPECT_EQ(pipes.read(bytes), 6U);
}

TEST_F(BreakablePipesTest, GiveFewerBytesOnlyAtTheEnd) {
  BreakablePipes pipes(to_us[0], from_us[1]);
  EXPECT_EQ(::write(to_us[1], "abc", 3), 3);
  close(std::exchange(to_us[1], -1));
  std::array<std::byte, 6> bytes{};
  EXPECT_EQ(pipes.read(bytes), 3U);
  EXPECT_EQ(pipes.read(bytes), 0U);
}

TEST_F(BreakablePipesTest, EndAReaderThatWaitsWhenTheyAreBrokenOff) {
  BreakablePipes pipes(to_us[0], from_us[1]);
  const std::jthread breaker([&] { pipes.break_off(); });
  std::array<std::byte, 6> bytes{};
  const Result<std::size_t> read = pipes.read(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::connection_lost);
}

TEST_F(BreakablePipesTest, EndAWriterThatNobodyReadsWhenTheyAreBrokenOff) {
  BreakablePipes pipes(to_us[0], from_us[1]);
  const std::jthread breaker([&] { pipes.break_off(); });
  const std::vector<std::byte> more(std::size_t{1} << 20);  // than a pipe takes
  EXPECT_FALSE(pipes.write(more));
}

}  // namespace
}  // namespace pghaul::link

#include "link/local_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace pghaul::link {
namespace {

using namespace std::string_literals;

/// Both ends of a socket: ours, and libpq's.
class LocalSocketTest : public testing::Test {
 protected:
  LocalSocketTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours.emplace(ends[0]);
    libpq = ends[1];
  }
  ~LocalSocketTest() override {
    if (libpq >= 0) close(libpq);
  }
  [[nodiscard]] std::string come() const {
    std::string text(4096, '\0');
    const ssize_t got = recv(libpq, text.data(), text.size(), MSG_DONTWAIT);
    return text.substr(0, got < 0 ? 0 : static_cast<std::size_t>(got));
  }
  void write(const std::string& text) { EXPECT_TRUE(ours->write(std::as_bytes(std::span(text)))); }

  std::optional<LocalSocket> ours;
  int libpq = -1;
};

TEST_F(LocalSocketTest, GivesNothingWhileNothingHasCome) {
  std::array<std::byte, 8> bytes{};
  const auto got = ours->read(bytes);
  ASSERT_TRUE(got);
  EXPECT_FALSE(*got);
}

TEST_F(LocalSocketTest, SaysWhyTheConnectionEndsBetweenTwoMessages) {
  write("Z\0\0\0\5I"s);
  EXPECT_EQ(come(), "Z\0\0\0\5I"s);
  ours->send_fatal({.code = ErrorCode::connection_lost, .message = "the link broke"});
  const std::string said = come();
  EXPECT_TRUE(said.starts_with("E")) << said;
  EXPECT_NE(said.find("the link broke"), std::string::npos);
}

TEST_F(LocalSocketTest, PutsNoErrorIntoTheMiddleOfAMessage) {
  write("D\0\0\0\xFFhalf a row"s);
  (void)come();
  ours->send_fatal({.code = ErrorCode::connection_lost, .message = "the link broke"});
  EXPECT_EQ(come(), "");
}

TEST_F(LocalSocketTest, IsLostWhenLibpqHasGone) {
  close(std::exchange(libpq, -1));
  std::array<std::byte, 8> bytes{};
  EXPECT_EQ(ours->read_all(bytes).error().code, ErrorCode::connection_lost);
}

}  // namespace
}  // namespace pghaul::link

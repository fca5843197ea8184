#include "support/fault_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>

namespace pghaul::support {
namespace {

using Effect = FaultProxy::Effect;
using Way = FaultProxy::Way;

/// Gives back to each client what it says.
class Echo {
 public:
  Echo() : path_(std::filesystem::temp_directory_path() / ("pghaul-echo-" + std::to_string(getpid()))) {
    std::filesystem::remove(path_);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::jthread([this] {
      std::vector<std::jthread> clients;
      for (int client = -1; (client = ::accept(listener_, nullptr, nullptr)) >= 0;) {
        clients.emplace_back([client] {
          std::array<char, 4096> buffer;
          for (ssize_t got = 0; (got = ::recv(client, buffer.data(), buffer.size(), 0)) > 0;) {
            ::send(client, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
          }
          ::close(client);
        });
      }
    });
  }
  ~Echo() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    std::filesystem::remove(path_);
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
  int listener_ = -1;
  std::jthread thread_;
};

class Client {
 public:
  explicit Client(const FaultProxy& proxy) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(proxy.port());
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const noexcept { return connected_; }
  void say(const std::string& text) const { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// Returns as many bytes as asked for, or fewer and why no more come: "-end" or "-reset".
  [[nodiscard]] std::string hear(std::size_t bytes) const {
    std::string heard;
    while (heard.size() < bytes) {
      std::array<char, 4096> buffer;
      const ssize_t got = ::recv(socket_, buffer.data(), std::min(bytes - heard.size(), buffer.size()), 0);
      if (got <= 0) return heard + (got == 0 ? "-end" : "-reset");
      heard.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return heard;
  }

 private:
  int socket_;
  bool connected_ = false;
};

class FaultProxyTest : public testing::Test {
 protected:
  const Echo echo_;
  FaultProxy proxy_{echo_.path()};
};

TEST_F(FaultProxyTest, PassesEverythingUntilToldOtherwise) {
  const Client client(proxy_);
  const std::string much(1'000'000, 'x');
  std::jthread talker([&] { client.say(much); });
  EXPECT_EQ(client.hear(much.size()), much);
  EXPECT_EQ(proxy_.bytes(Way::to_server), much.size());
}

TEST_F(FaultProxyTest, CutsAtAByteInOrderOrByReset) {
  proxy_.at(Way::to_client, 2, Effect::end);
  proxy_.at(Way::to_client, 5, Effect::reset);
  const Client first(proxy_);
  first.say("abcdef");
  EXPECT_EQ(first.hear(6), "abc-end");
  const Client second(proxy_);
  second.say("ghijkl");
  EXPECT_NE(second.hear(6).find("-reset"), std::string::npos);
  EXPECT_TRUE(proxy_.await_effects());
}

TEST_F(FaultProxyTest, FlipsABit) {
  proxy_.at(Way::to_server, 1, Effect::flip);
  const Client client(proxy_);
  client.say("aaa");
  EXPECT_EQ(client.hear(3), "a`a");
}

TEST_F(FaultProxyTest, IsSilentFromAByteOnUntilItGoesOn) {
  proxy_.at(Way::to_server, 2, Effect::stall);
  const Client client(proxy_);
  client.say("abcdef");
  ASSERT_TRUE(proxy_.await_effects());
  EXPECT_EQ(proxy_.bytes(Way::to_server), 3u);
  proxy_.go_on();
  EXPECT_EQ(client.hear(6), "abcdef");
}

TEST_F(FaultProxyTest, RefusesForAWhile) {
  const Client before(proxy_);
  before.say("a");
  EXPECT_EQ(before.hear(1), "a");
  proxy_.refuse();
  EXPECT_FALSE(Client(proxy_).connected());
  before.say("b");
  EXPECT_EQ(before.hear(1), "b");
  proxy_.admit();
  const Client after(proxy_);
  after.say("c");
  EXPECT_EQ(after.hear(1), "c");
}

TEST_F(FaultProxyTest, CutsAllOnCommand) {
  const Client one(proxy_);
  const Client other(proxy_);
  one.say("a");
  other.say("b");
  EXPECT_EQ(one.hear(1) + other.hear(1), "ab");
  proxy_.cut(Effect::end);
  EXPECT_EQ(one.hear(1) + other.hear(1), "-end-end");
}

TEST_F(FaultProxyTest, TakesItsTime) {
  const Client client(proxy_);
  proxy_.throttle(100'000);
  proxy_.delay(std::chrono::milliseconds(20));
  const auto start = std::chrono::steady_clock::now();
  client.say(std::string(5'000, 'x'));
  EXPECT_EQ(client.hear(5'000).size(), 5'000u);
  // Both ways share 100,000 bytes a second, and each way delays.
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
}

TEST_F(FaultProxyTest, EndsBothSidesWhenOneHasEnded) {
  {
    const Client client(proxy_);
    client.say("a");
    EXPECT_EQ(client.hear(1), "a");
    EXPECT_EQ(proxy_.connections(), 1u);
  }
  const Client next(proxy_);
  next.say("b");
  EXPECT_EQ(next.hear(1), "b");
}

}  // namespace
}  // namespace pghaul::support

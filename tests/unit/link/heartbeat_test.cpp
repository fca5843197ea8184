#include "link/heartbeat.h"

#include <gtest/gtest.h>

#include <semaphore>
#include <span>

#include "support/memory_bytes.h"

namespace pghaul::link {
namespace {

using namespace std::chrono_literals;

/// Tells that something was sent.
class SignallingOutput : public transport::ByteOutput {
 public:
  [[nodiscard]] Status write(std::span<const std::byte>) override {
    sent.release();
    return {};
  }
  std::counting_semaphore<> sent{0};
};

/// Over a link on which nothing comes.
class Heartbeats : public testing::Test {
 protected:
  void never(const Error& failure) { ADD_FAILURE() << failure.message; }

  support::MemoryInput nothing{{}};
  SignallingOutput output;
  transport::Multiplexer link{nothing, output};
};

TEST_F(Heartbeats, AreMissedOnceNothingHasComeForTheLimit) {
  std::binary_semaphore silent(0);
  const Heartbeat heartbeat(
      link, 1s, [&] { silent.release(); }, [&](const Error& failure) { never(failure); });
  silent.acquire();
}

TEST_F(Heartbeats, AreSentAgainAndAgain) {
  const Heartbeat heartbeat(
      link, 1s, [] {}, [&](const Error& failure) { never(failure); });
  for (int i = 0; i < 3; ++i) output.sent.acquire();
}

}  // namespace
}  // namespace pghaul::link

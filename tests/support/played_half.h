#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "link/breakable_pipes.h"
#include "transport/channel.h"
#include "transport/multiplexer.h"

namespace pghaul::support {

/// One half of a link, played by a test for the other one, which is real.
///
/// Ownership  closes both descriptors.
/// Threads    one of its own reads.
class PlayedHalf {
 public:
  using Arrived = transport::Channel::Arrived;

  PlayedHalf(int input, int output);
  ~PlayedHalf();
  PlayedHalf(const PlayedHalf&) = delete;
  PlayedHalf& operator=(const PlayedHalf&) = delete;

  /// Begins to read. What must not be read as a frame has to be read before.
  void start();
  /// Waits for a frame of a channel that nobody has joined. The channel that it begins is joined.
  [[nodiscard]] Arrived next();
  /// Returns a channel, which is joined unless it is already.
  [[nodiscard]] std::shared_ptr<transport::Channel> channel(std::uint32_t id);
  /// Ends as a half does that has died.
  void hang_up();
  /// Waits until the other half closes its end, or sends what is no frame.
  [[nodiscard]] Status await_end();

  link::BreakablePipes pipes;
  transport::Multiplexer link{pipes, pipes};

 private:
  int input_;
  int output_;
  std::mutex mutex_;  // guards the next three
  std::condition_variable changed_;
  std::deque<Arrived> arrived_;
  std::map<std::uint32_t, std::shared_ptr<transport::Channel>> channels_;
  Status ended_;
  std::jthread reader_;
};

[[nodiscard]] std::string text_of(const transport::Channel::Arrived& arrived);

}  // namespace pghaul::support

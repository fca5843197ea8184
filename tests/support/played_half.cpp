#include "support/played_half.h"

#include <unistd.h>

#include <utility>

namespace pghaul::support {

using transport::LinkFrame;

PlayedHalf::PlayedHalf(int input, int output) : pipes(input, output), input_(input), output_(output) {}

PlayedHalf::~PlayedHalf() {
  hang_up();
}

void PlayedHalf::start() {
  reader_ = std::jthread([this] {
    ended_ = link.run([this](Arrived frame) -> Status {
      if (frame.frame.begins_channel()) [[maybe_unused]]
        const auto joined = channel(frame.frame.channel);
      const std::lock_guard lock(mutex_);
      arrived_.push_back(std::move(frame));
      changed_.notify_all();
      return {};
    });
    link.fail({.code = ErrorCode::connection_lost, .message = "the other half has ended"});
  });
}

PlayedHalf::Arrived PlayedHalf::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !arrived_.empty(); });
  Arrived frame = std::move(arrived_.front());
  arrived_.pop_front();
  return frame;
}

std::shared_ptr<transport::Channel> PlayedHalf::channel(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<transport::Channel>& channel = channels_[id];
  if (!channel) channel = link.join(id);
  return channel;
}

void PlayedHalf::hang_up() {
  pipes.break_off();
  if (reader_.joinable()) reader_.join();
  if (input_ >= 0) close(std::exchange(input_, -1));
  if (output_ >= 0) close(std::exchange(output_, -1));
}

Status PlayedHalf::await_end() {
  reader_.join();
  return ended_;
}

std::string text_of(const transport::Channel::Arrived& arrived) {
  return {reinterpret_cast<const char*>(arrived.payload.data()), arrived.payload.size()};
}

}  // namespace pghaul::support

#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/error.h"
#include "transport/multiplexer.h"

namespace pghaul::link {

/// Notices that the other half of a link has fallen silent, though nothing says that it ended: a network that
/// swallows what is sent, a machine that hangs. Both halves send heartbeats, and whatever comes counts as
/// one.
///
/// Ownership  of nothing; `link` must outlive it, and have failed or been broken off when it is destroyed.
/// Threads    two of its own: one sends, one listens, and calls `on_silence`, once.
class Heartbeat {
 public:
  /// `on_failure`: called where one of the threads can't go on, by it.
  Heartbeat(transport::Multiplexer& link, std::chrono::seconds silence_limit,
            std::function<void()> on_silence, const std::function<void(Error)>& on_failure);

 private:
  std::jthread sending_;
  std::jthread listening_;
};

}  // namespace pghaul::link

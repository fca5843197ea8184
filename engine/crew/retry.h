#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "measure/timeline.h"

namespace pghaul::crew {

/// Tells whether the same may succeed when it is retried: a lost connection, a server that is starting, has
/// no slot or lock left for the moment, or cancelled what stood in the way of something else.
[[nodiscard]] bool may_pass(const Error& error);

/// Tells whether the server, or a pooler before it, has no session left for one more: others may have theirs.
[[nodiscard]] bool has_no_place(const Error& error);

/// The wait before each further attempt: longer each time, until the budget of one outage is spent.
class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds budget) : left_(budget) {}

  /// `attempt`: how long it took to fail, which counts against the budget where it found no server.
  [[nodiscard]] std::optional<std::chrono::milliseconds> after(const Error& error,
                                                               std::chrono::milliseconds attempt);

 private:
  std::chrono::milliseconds left_;
  std::chrono::milliseconds next_{100};
};

[[nodiscard]] std::chrono::milliseconds milliseconds_since(const measure::Timeline& timeline, double start);

}  // namespace pghaul::crew

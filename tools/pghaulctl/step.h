#pragma once

#include <string>

#include "failure.h"

namespace pghaul::platform {

/// One step of a changeover. It keeps nothing between two runs: whether it is done is asked of the servers.
class Step {
 public:
  virtual ~Step() = default;
  /// One word, as the list of steps begins with.
  [[nodiscard]] virtual const char* name() const = 0;
  /// Says what is so once it is done.
  [[nodiscard]] virtual std::string what() const = 0;

  [[nodiscard]] virtual Result<bool> is_so() = 0;
  /// Refuses what take() could not do. Changes nothing.
  [[nodiscard]] virtual Outcome may() { return {}; }
  /// Does it; returns what there is to say of it, such as how long it took.
  [[nodiscard]] virtual Result<std::string> take() = 0;
  /// Takes back what would be in the application's way.
  [[nodiscard]] virtual Outcome undo() { return {}; }
};

}  // namespace pghaul::platform

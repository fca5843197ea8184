#pragma once

#include <cstdlib>
#include <string>

namespace pghaul::support {

/// Returns how often this run does something: what the environment's variable says, as for a long run, otherwise
/// `normally`.
inline int repetitions(const char* variable, int normally) {
  const char* wanted = std::getenv(variable);
  return wanted == nullptr ? normally : std::stoi(wanted);
}

}  // namespace pghaul::support

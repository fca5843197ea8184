#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "measure/timeline.h"

namespace pghaul::measure {

/// The work of one worker for a while: one span, or many short ones that followed each other.
struct Stretch {
  int worker = -1;
  std::string phase;  // the one in which most of its time was spent
  std::string what;   // the longest of its spans
  double start = 0;
  double seconds = 0;
  std::size_t spans = 1;
  bool failed = false;
};

/// Merges each worker's spans that are shorter than `shortest` seconds, and returns all in order of time:
/// however many spans there were, a worker has no more stretches than a few per `shortest`.
[[nodiscard]] std::vector<Stretch> stretches(std::vector<Span> spans, double shortest);

}  // namespace pghaul::measure

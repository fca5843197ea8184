#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "measure/samples.h"

namespace pghaul::measure {

/// A piece of work: who did what, and when.
struct Span {
  std::string phase;  // copy, indexes, verify …: spans of a phase may overlap
  std::string what;   // "public.orders 2/4"
  int worker = -1;    // -1: the coordinator
  double start = 0;   // seconds since the run's start
  double seconds = 0;
  bool failed = false;
};

/// A record of what a run did when, and of its progress.
///
/// Threads    any.
class Timeline {
 public:
  Timeline() : origin_(std::chrono::steady_clock::now()) {}

  /// Seconds since the timeline was made.
  [[nodiscard]] double now() const noexcept;
  /// Records work that began at `start` and ends now.
  void record(std::string phase, std::string what, int worker, double start, bool failed = false);
  void sample(Sample sample);
  [[nodiscard]] std::vector<Span> spans() const;
  [[nodiscard]] std::vector<Sample> samples() const;

 private:
  const std::chrono::steady_clock::time_point origin_;
  mutable std::mutex mutex_;
  std::vector<Span> spans_;
  Samples samples_;
};

}  // namespace pghaul::measure

#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "measure/progress.h"
#include "measure/timeline.h"

namespace pghaul::measure {

/// Tells a listener, as JSON objects, what happens while it happens (docs/events.md).
///
/// Ownership  none of the timeline, which gives the times.
/// Threads    any may emit; the listener is called by one at a time.
class Events {
 public:
  using Listener = std::function<void(const std::string& json)>;
  Events(const Timeline& timeline, Listener listener);

  void started(const std::string& verb);
  void finished(const std::string& status);
  void phase_started(const std::string& phase);
  void phase_finished(const std::string& phase, double seconds);
  void progress(const Progress& progress);
  /// Something failed, and will be tried again after `wait` seconds; `attempt` counts from 1.
  void retry(const std::string& what, const std::string& error, double wait, int attempt);
  void warning(const std::string& message, const std::string& hint, const std::string& object);

 private:
  /// `event` with its name and the elapsed seconds added.
  void emit(const char* name, nlohmann::json event);

  const Timeline* timeline_;
  Listener listener_;
  std::mutex mutex_;
};

}  // namespace pghaul::measure

#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>

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

  /// `event` with its name and the elapsed seconds added.
  void emit(const std::string& name, nlohmann::json event);
  void phase_started(const std::string& phase);
  void phase_finished(const std::string& phase, double seconds);
  void warning(const std::string& message, const std::string& hint, const std::string& object);

 private:
  const Timeline* timeline_;
  Listener listener_;
  std::mutex mutex_;
};

}  // namespace pghaul::measure

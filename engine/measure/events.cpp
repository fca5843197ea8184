#include "measure/events.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "measure/json.h"

namespace pghaul::measure {

Events::Events(const Timeline& timeline, Listener listener)
    : timeline_(&timeline), listener_(std::move(listener)) {}

void Events::emit(const std::string& name, nlohmann::json event) {
  if (!listener_) return;
  event["event"] = name;
  event["elapsed"] = rounded(timeline_->now());
  const std::string line = as_text(event);
  const std::lock_guard lock(mutex_);
  listener_(line);
}

void Events::phase_started(const std::string& phase) {
  emit("phase", {{"phase", phase}, {"state", "started"}});
}

void Events::phase_finished(const std::string& phase, double seconds) {
  emit("phase", {{"phase", phase}, {"state", "finished"}, {"seconds", rounded(seconds)}});
}

void Events::warning(const std::string& message, const std::string& hint, const std::string& object) {
  emit("warning", {{"message", message}, {"hint", hint}, {"object", object}});
}

}  // namespace pghaul::measure

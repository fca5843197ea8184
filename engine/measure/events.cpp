#include "measure/events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "measure/json.h"

namespace pghaul::measure {

Events::Events(const Timeline& timeline, Listener listener)
    : timeline_(&timeline), listener_(std::move(listener)) {}

void Events::started(const std::string& verb) {
  emit("started", {{"verb", verb}});
}

void Events::finished(const std::string& status) {
  emit("finished", {{"status", status}});
}

void Events::phase_started(const std::string& phase) {
  emit("phase", {{"phase", phase}, {"state", "started"}});
}

void Events::phase_finished(const std::string& phase, double seconds) {
  emit("phase", {{"phase", phase}, {"state", "finished"}, {"seconds", rounded(seconds)}});
}

void Events::progress(const Progress& progress) {
  if (listener_) emit("progress", progress.to_json());
}

void Events::retry(const std::string& what, const std::string& error, double wait, int attempt) {
  emit("retry", {{"object", what}, {"message", error}, {"wait_seconds", rounded(wait)}, {"attempt", attempt}});
}

void Events::warning(const std::string& message, const std::string& hint, const std::string& object) {
  emit("warning", {{"message", message}, {"hint", hint}, {"object", object}});
}

void Events::emit(const char* name, nlohmann::json event) {
  if (!listener_) return;
  event["event"] = name;
  event["elapsed"] = rounded(timeline_->now());
  const std::string line = as_text(event);
  const std::lock_guard lock(mutex_);
  listener_(line);
}

}  // namespace pghaul::measure

#include "progress.h"

#include <algorithm>

namespace pghaul::command {

namespace {

constexpr double kAlmostAll = 0.99;

std::optional<double> share(std::uint64_t done, std::uint64_t total) {
  if (total == 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

}  // namespace

void Progress::take(const nlohmann::json& event) {
  const std::string kind = event.value("event", "");
  if (kind == "started") *this = {};
  if (kind == "started") verb = event.value("verb", "");
  elapsed = event.value("elapsed", elapsed);
  if (event.contains("database")) return;  // of one among many, whose progress is added up
  if (kind == "phase") take_phase(event);
  if (kind == "progress") take_counts(event);
  if (kind == "following") live = event;
}

std::string Progress::phase() const {
  return phases_.empty() ? last_phase_ : phases_.front();
}

std::optional<double> Progress::rate() const {
  return bytes_per_second_ > 0 ? std::optional(bytes_per_second_) : std::nullopt;
}

void Progress::take_phase(const nlohmann::json& event) {
  const std::string name = event.value("phase", "");
  std::erase(phases_, name);
  last_phase_ = name;
  if (event.value("state", "") == "started") phases_.push_back(name);
}

void Progress::take_counts(const nlohmann::json& event) {
  bytes = event.value("bytes", bytes);
  bytes_total = event.value("bytes_total", bytes_total);
  tables_done = event.value("tables_done", tables_done);
  tables_total = event.value("tables_total", tables_total);
  indexes_done = event.value("indexes_done", indexes_done);
  indexes_total = event.value("indexes_total", indexes_total);
  tasks_done = event.value("tasks_done", tasks_done);
  tasks_total = event.value("tasks_total", tasks_total);
  running = event.value("running", std::vector<std::string>{});
  bytes_per_second_ = event.value("bytes_per_second", 0.0);
  bottleneck = event.value("bottleneck", "");
  remaining.reset();
  if (event.contains("remaining_seconds")) remaining = event.value("remaining_seconds", 0.0);
  advance();
}

void Progress::advance() {
  std::optional<double> now = share(bytes, bytes_total);
  if (const auto tasks = share(tasks_done, tasks_total)) now = now ? (*now + *tasks) / 2 : tasks;
  if (remaining && elapsed + *remaining > 0) now = elapsed / (elapsed + *remaining);
  if (now) fraction_ = std::max(fraction_.value_or(0), std::min(*now, kAlmostAll));
}

}  // namespace pghaul::command

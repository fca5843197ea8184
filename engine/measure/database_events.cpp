#include "measure/database_events.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pghaul::measure {
namespace {

using nlohmann::json;

constexpr std::array kAmounts{"bytes",        "bytes_total",   "rows",       "tables_done", "tables_total",
                              "indexes_done", "indexes_total", "tasks_done", "tasks_total"};

}  // namespace

void DatabaseEvents::take(const std::string& database, const std::string& text) {
  if (events_->unheard()) return;
  json event = json::parse(text, nullptr, false);
  if (!event.is_object()) return;
  const std::string kind = event.value("event", "");
  if (kind == "progress") return events_->pass_on("progress", sum(database, std::move(event)));
  if (kind == "finished") end(database);
  event["database"] = database;
  if (kind != "started" && kind != "finished") return events_->pass_on(kind, event);
  for (const char* of_stream : {"format", "pghaul"}) event.erase(of_stream);
  event["state"] = kind;
  events_->pass_on("database", event);
}

/// Keeps what the run has moved, and forgets what it was doing.
void DatabaseEvents::end(const std::string& database) {
  const std::lock_guard lock(mutex_);
  const auto last = progress_.find(database);
  if (last == progress_.end()) return;
  for (const char* of_now : {"running", "bytes_per_second"}) last->second.erase(of_now);
}

/// Adds up what the databases have moved so far.
json DatabaseEvents::sum(const std::string& database, json progress) {
  const std::lock_guard lock(mutex_);
  progress_[database] = std::move(progress);
  json all = {{"running", json::array()}};
  for (const char* amount : kAmounts) all[amount] = std::uint64_t{0};
  for (const auto& [name, one] : progress_) {
    for (const char* amount : kAmounts) {
      all[amount] = all[amount].get<std::uint64_t>() + one.value(amount, std::uint64_t{0});
    }
    for (const json& what : one.value("running", json::array())) {
      all["running"].push_back(name + ": " + what.get<std::string>());
    }
    if (one.contains("bytes_per_second")) {
      all["bytes_per_second"] = all.value("bytes_per_second", 0.0) + one.value("bytes_per_second", 0.0);
    }
  }
  return all;
}

}  // namespace pghaul::measure

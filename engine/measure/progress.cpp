#include "measure/progress.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "measure/json.h"

namespace pghaul::measure {

void Progress::starts(int worker, std::string what, std::string table) {
  const std::lock_guard lock(mutex_);
  running_.erase(worker);
  running_.try_emplace(worker, *this, std::move(what), std::move(table));
}

void Progress::ends(int worker, bool landed) {
  const std::lock_guard lock(mutex_);
  const auto ending = running_.find(worker);
  if (ending == running_.end()) return;
  const Activity& activity = ending->second;
  if (landed && !activity.table.empty()) {
    Table& table = landed_.try_emplace(activity.table, Table{activity.table}).first->second;
    table.bytes += activity.meter.bytes();
    table.rows += activity.meter.rows();
  }
  running_.erase(ending);
}

Progress::Meter& Progress::meter(int worker) {
  const std::lock_guard lock(mutex_);
  return running_.try_emplace(worker, *this, std::string(), std::string()).first->second.meter;
}

std::vector<Progress::Table> Progress::tables_under_way() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Table> tables = landed_;
  for (const auto& [worker, activity] : running_) {
    if (activity.table.empty()) continue;
    Table& table = tables.try_emplace(activity.table, Table{activity.table}).first->second;
    table.bytes += activity.meter.bytes();
    table.rows += activity.meter.rows();
  }
  std::vector<Table> all;
  for (auto& [name, table] : tables) all.push_back(std::move(table));
  return all;
}

void Progress::table_ends(const std::string& name) {
  const std::lock_guard lock(mutex_);
  landed_.erase(name);
}

void Progress::set_bottleneck(std::string words) {
  const std::lock_guard lock(mutex_);
  bottleneck_ = std::move(words);
}

std::string Progress::bottleneck() const {
  const std::lock_guard lock(mutex_);
  return bottleneck_;
}

void Progress::set_lock(std::string words) {
  const std::lock_guard lock(mutex_);
  lock_ = std::move(words);
}

void Progress::set_rate(std::optional<double> bytes_per_second) {
  const std::lock_guard lock(mutex_);
  bytes_per_second_ = bytes_per_second;
}

void Progress::set_remaining(double seconds) {
  const std::lock_guard lock(mutex_);
  remaining_seconds_ = seconds;
}

nlohmann::json Progress::to_json() const {
  nlohmann::json out = {{"bytes", bytes.value()},         {"bytes_total", bytes_total},
                        {"rows", rows.value()},           {"tables_done", tables_done.value()},
                        {"tables_total", tables_total},   {"indexes_done", indexes_done.value()},
                        {"indexes_total", indexes_total}, {"tasks_done", tasks_done.value()},
                        {"tasks_total", tasks_total},     {"running", nlohmann::json::array()}};
  const std::lock_guard lock(mutex_);
  for (const auto& [worker, activity] : running_) out["running"].push_back(activity.what);
  if (bytes_per_second_) out["bytes_per_second"] = rounded(*bytes_per_second_);
  if (remaining_seconds_) out["remaining_seconds"] = rounded(*remaining_seconds_);
  if (const std::string& held = lock_.empty() ? bottleneck_ : lock_; !held.empty()) out["bottleneck"] = held;
  return out;
}

}  // namespace pghaul::measure

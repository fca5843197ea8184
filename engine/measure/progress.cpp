#include "measure/progress.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace pghaul::measure {

void Progress::starts(int worker, std::string what) {
  const std::lock_guard lock(mutex_);
  running_[worker] = std::move(what);
}

void Progress::ends(int worker) {
  const std::lock_guard lock(mutex_);
  running_.erase(worker);
}

nlohmann::json Progress::to_json() const {
  nlohmann::json running = nlohmann::json::array();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [worker, what] : running_) running.push_back(what);
  }
  return {{"bytes", bytes.value()},         {"bytes_total", bytes_total},
          {"rows", rows.value()},           {"tables_done", tables_done.value()},
          {"tables_total", tables_total},   {"indexes_done", indexes_done.value()},
          {"indexes_total", indexes_total}, {"tasks_done", tasks_done.value()},
          {"tasks_total", tasks_total},     {"running", running}};
}

}  // namespace pghaul::measure

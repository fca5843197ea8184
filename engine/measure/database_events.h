#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "measure/events.h"

namespace pghaul::measure {

/// Makes one stream of events of the runs of several databases: passes theirs on with the member `database`,
/// makes `database` of their `started` and `finished`, and adds their `progress` up.
///
/// Threads  any.
class DatabaseEvents {
 public:
  explicit DatabaseEvents(Events& events) : events_(&events) {}

  /// Takes an event of the run of `database`.
  void take(const std::string& database, const std::string& event);

 private:
  [[nodiscard]] nlohmann::json sum(const std::string& database, nlohmann::json progress);
  void end(const std::string& database);

  Events* events_;
  std::mutex mutex_;
  std::map<std::string, nlohmann::json> progress_;  // the last one of each database
};

}  // namespace pghaul::measure

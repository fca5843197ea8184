#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "measure/counter.h"

namespace pghaul::measure {

/// How far a run has come.
///
/// Threads    any; the totals are set before workers start.
class Progress {
 public:
  Counter bytes;  // of COPY data that has left the source
  Counter rows;
  Counter tables_done;  // their rows have all landed
  Counter indexes_done;
  Counter tasks_done;

  std::uint64_t bytes_total = 0;  // estimated from sizes on disk
  std::uint64_t tables_total = 0;
  std::uint64_t indexes_total = 0;
  std::uint64_t tasks_total = 0;

  void starts(int worker, std::string what);
  void ends(int worker);
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  mutable std::mutex mutex_;
  std::map<int, std::string> running_;  // what each busy worker is doing
};

}  // namespace pghaul::measure

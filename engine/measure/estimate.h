#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pghaul::measure {

/// How long writes would have to stand still, or an archive takes to be written, and what that rests on
/// (docs/report.md, `estimate`).
struct Estimate {
  struct Phase {
    std::string name;
    double start = 0, seconds = 0;
  };
  struct Step {  // of the chain of tasks that decides how long it takes
    std::string phase, what;
    double start = 0, seconds = 0;
  };
  struct Milestone {
    std::string name;
    double seconds = 0;
  };
  struct Variant {  // the same copy, otherwise
    std::string what;
    double seconds = 0;
    bool measured = true;  // false: rests on a rule of thumb
  };
  struct Jobs {
    int jobs = 0;
    double seconds = 0;
  };
  struct Window {
    double seconds = 0;
    bool fits = false;    // with the interval's upper end
    bool likely = false;  // the estimate itself does
  };

  struct Archive {                           // that is written
    std::optional<std::int64_t> bytes;       // that it will have; nothing: not enough was measured to tell
    std::optional<std::int64_t> free_bytes;  // on its disk, to this user
    bool fits = false;                       // known to, also if it turns out a tenth larger
  };

  double seconds = 0, low = 0, high = 0;
  std::int64_t disk_bytes = 0;               // of what is copied, indexes and bloat included
  std::int64_t table_bytes = 0;              // of it, heap and TOAST
  std::optional<std::int64_t> stream_bytes;  // of COPY data: what is alive
  int jobs = 0;
  double growth = 1;
  bool measured = false;  // on both servers; otherwise from shipped rates
  double measuring_seconds = 0;
  std::size_t sampled_tables = 0;
  std::optional<double> source_round_trip, target_round_trip, source_cores, target_cores;
  std::optional<double> source_line, target_line;  // bytes a second; nothing: on this machine
  std::vector<Phase> phases;
  std::vector<Milestone> milestones;
  std::vector<Step> critical;
  std::vector<Variant> variants;
  std::vector<Jobs> by_jobs;
  std::optional<Window> window;
  std::optional<Archive> archive;
  std::optional<double> past_error;  // median of |predicted / actual - 1|
  std::size_t past_copies = 0;
  double past_factor = 1;  // actual ÷ predicted, of earlier copies between the two: already applied
  std::optional<double> rehearsed_seconds;  // what the estimate was made to follow
  std::vector<std::string> notes;

  [[nodiscard]] nlohmann::json to_json() const;
};

}  // namespace pghaul::measure

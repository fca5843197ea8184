#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pghaul::measure {

/// The predicted downtime of a copy, or time to write an archive, and what the prediction rests on
/// (docs/report.md, `estimate`).
struct EstimateReport {
  struct Phase {
    std::string name;
    double start = 0, seconds = 0;
  };
  struct Step {  // a task of the chain that decides how long it takes
    std::string phase, what;
    double start = 0, seconds = 0;
  };
  struct Milestone {
    std::string name;
    double seconds = 0;
  };
  struct Variant {  // the same copy, with one thing changed
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
    bool fits = false;    // even at the interval's upper end
    bool likely = false;  // at the estimate itself
  };

  struct Archive {                           // the archive to be written
    std::optional<std::int64_t> bytes;       // its predicted size; nothing: not enough was measured
    std::optional<std::int64_t> free_bytes;  // free on its disk, for this user
    bool fits = false;                       // surely, even if it turns out a tenth larger
  };

  struct Follow {  // what a live copy does besides
    double sample_seconds = 0;
    double wal_bytes_per_second = 0;               // that the source writes, during the sample
    double changes_per_second = 0;                 // of rows of the database, likewise
    double slot_bytes = 0;                         // that the slot holds when the rows are copied
    std::optional<std::int64_t> slot_limit_bytes;  // the least of what is known; nothing: the disk
    bool fits = true;
    std::optional<double> catch_up_seconds;  // after the copy; nothing: never
  };

  struct Sync {  // of the older copy that the target holds
    struct Table {
      std::string object;
      double rows = 0, written = 0;
      bool sampled = true;  // false: taken to have changed as the others have
      std::string in_full;  // why it has to be compared in full, where there is a record
    };
    double seconds = 0, low = 0, high = 0;
    double discover = 0, count = 0, compare = 0, write = 0, verify = 0;  // of these seconds
    double rows = 0;                                                     // to be written
    std::size_t changed = 0, unchanged = 0,
                in_full = 0;  // tables; the last are compared, and taken to be equal
    bool by_record = false;
    std::string no_record;      // why there is one that can't be used
    std::vector<Table> tables;  // that would be written, those with most rows first
    std::optional<Window> window;
  };

  double seconds = 0, low = 0, high = 0;
  std::int64_t disk_bytes = 0;               // size of what is copied, indexes and bloat included
  std::int64_t table_bytes = 0;              // its part in heap and TOAST
  std::optional<std::int64_t> stream_bytes;  // COPY data, live rows only
  int jobs = 0;
  double growth = 1;
  bool measured = false;  // on both servers; false: the shipped rates were used
  double measuring_seconds = 0;
  std::size_t sampled_tables = 0;
  std::optional<double> source_round_trip, target_round_trip, source_cores, target_cores;
  std::optional<double> source_line, target_line;  // bytes a second; nothing: the server is on this machine
  std::vector<Phase> phases;
  std::vector<Milestone> milestones;
  std::vector<Step> critical;
  std::vector<Variant> variants;
  std::vector<Jobs> by_jobs;
  std::optional<Window> window;
  std::optional<Archive> archive;
  std::optional<Follow> follow;
  std::optional<Sync> sync;
  std::optional<double> past_error;  // median of |predicted / actual - 1|
  std::size_t past_copies = 0;
  double past_factor = 1;  // actual ÷ predicted of earlier copies between the two servers; already applied
  std::optional<double> rehearsed_seconds;  // duration of a rehearsal, which the estimate follows
  std::vector<std::string> notes;

  /// Tells whether it fits into the window, if there is one: the sync does, where that was asked for.
  [[nodiscard]] bool fits() const {
    const std::optional<Window>& asked = sync ? sync->window : window;
    return !asked || asked->fits;
  }
  [[nodiscard]] nlohmann::json to_json() const;
};

}  // namespace pghaul::measure

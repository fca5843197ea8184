#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "measure/counter.h"

namespace pghaul::measure {

/// The progress of a run.
///
/// Threads    any; the totals are set before workers start.
class Progress {
 public:
  Counter bytes;  // COPY data that has left the source
  Counter rows;
  Counter tables_done;  // tables whose rows have all landed
  Counter indexes_done;
  Counter tasks_done;

  std::uint64_t bytes_total = 0;  // estimated from sizes on disk
  std::uint64_t tables_total = 0;
  std::uint64_t indexes_total = 0;
  std::uint64_t tasks_total = 0;

  /// Counts the rows of one table that one worker moves.
  class Meter {
   public:
    explicit Meter(Progress& all) : all_(&all) {}
    void add(std::uint64_t bytes, std::uint64_t rows) noexcept {
      bytes_.add(bytes);
      rows_.add(rows);
      all_->bytes.add(bytes);
      all_->rows.add(rows);
    }
    void take_back(std::uint64_t bytes, std::uint64_t rows) noexcept {
      bytes_.take_back(bytes);
      rows_.take_back(rows);
      all_->bytes.take_back(bytes);
      all_->rows.take_back(rows);
    }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.value(); }
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_.value(); }

   private:
    Progress* all_;
    Counter bytes_, rows_;
  };

  /// Records what a worker begins. `table`: the one whose rows it copies; empty for other work, or several
  /// tables.
  void starts(int worker, std::string what, std::string table = {});
  /// Records that the worker has ended it. `landed`: what it moved is there to stay.
  void ends(int worker, bool landed);
  /// Returns the meter of the worker's present work; valid until ends().
  [[nodiscard]] Meter& meter(int worker);

  /// A table that is being copied, with what all its parts have moved so far.
  struct Table {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
  };
  [[nodiscard]] std::vector<Table> tables_under_way() const;
  void table_ends(const std::string& name);

  /// Sets what holds the run up at the moment, in words for people (bottleneck.h); empty: unknown.
  void set_bottleneck(std::string words);
  [[nodiscard]] std::string bottleneck() const;
  /// Sets the lock of another session that the run waits for, in words for people; it takes the bottleneck's
  /// place.
  void set_lock(std::string words);
  void set_rate(std::optional<double> bytes_per_second);
  void set_remaining(double seconds);

  [[nodiscard]] nlohmann::json to_json() const;

 private:
  struct Activity {
    Activity(Progress& all, std::string what_it_does, std::string table_name)
        : what(std::move(what_it_does)), table(std::move(table_name)), meter(all) {}
    std::string what;
    std::string table;
    Meter meter;
  };

  mutable std::mutex mutex_;
  std::map<int, Activity> running_;      // the present work of each busy worker
  std::map<std::string, Table> landed_;  // finished parts of unfinished tables
  std::string bottleneck_;
  std::string lock_;
  std::optional<double> bytes_per_second_;
  std::optional<double> remaining_seconds_;
};

}  // namespace pghaul::measure

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/options.h"
#include "fencing/carried_tables.h"
#include "fencing/fenced_tables.h"
#include "fencing/touch_counters.h"
#include "live/large_object_carry.h"
#include "measure/report.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// The tables and large objects whose changes nobody follows, as a switchover takes them along. Their rows
/// are copied beforehand, where they differ, which shows how long it takes; and once more while writers wait,
/// where somebody has written to them since.
///
/// Ownership  none of the ends, which outlive it.
/// Threads    one.
class SwitchoverCarry {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// `registration`: of the live copy on the source.
  SwitchoverCarry(const discovery::Endpoints& ends, std::string registration, std::stop_token stop)
      : ends_(ends),
        counters_(registration),
        registration_(std::move(registration)),
        stop_(std::move(stop)) {}

  /// Finds the tables, and makes those that the target lacks; and the large objects.
  [[nodiscard]] Status find(postgres::Connection& source, postgres::Connection& target,
                            const discovery::Options& options);
  [[nodiscard]] std::vector<std::uint32_t> relations() const;
  /// Returns PostgreSQL's own tables that have to be locked, too: those of large objects, where there are
  /// any.
  [[nodiscard]] std::vector<fencing::FencedTable> locked_catalogs() const;
  /// Has their writes counted, and copies what differs. Errors  refused: a table is kept by another session,
  /// or what changes takes longer than `at_most`.
  [[nodiscard]] Status copy_beforehand(postgres::Connection& source, milliseconds at_most);
  /// Errors  refused: what was written to since, as far as a count tells, takes longer than `at_most`.
  [[nodiscard]] Status check_changed(postgres::Connection& source, milliseconds at_most) const;
  /// Copies what was written to since, by the session whose transaction keeps writers out. Errors  refused:
  /// it does not end in time, or fails; then the target is as it was.
  [[nodiscard]] Status copy_changed(postgres::Connection& hold, milliseconds at_most);

  /// Returns what was carried, and how long it took.
  [[nodiscard]] std::vector<measure::Report::Carried> report() const;

 private:
  struct Table {
    fencing::CarriedTable table;
    bool referenced = false;        // by another table of the target, so that it can't be truncated
    bool differed = false;          // beforehand
    std::int64_t count = 0;         // of writes, when it was copied last
    double forecast_seconds = 0;    // that a copy took, or a comparison
    std::optional<double> seconds;  // while writers waited
  };

  [[nodiscard]] std::vector<fencing::CarriedTable> listed() const;
  [[nodiscard]] Status open_sessions();
  [[nodiscard]] Status hold_snapshot(Table& table);
  [[nodiscard]] Status compare_and_copy(Table& table);
  [[nodiscard]] Status replace_rows(postgres::Connection& from, const Table& table);
  [[nodiscard]] Status set_aside(postgres::Connection& target);
  [[nodiscard]] Status limit(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] Status check_time(const std::vector<std::int64_t>& counts, milliseconds at_most) const;
  [[nodiscard]] static bool may_have_changed(const Table& table, std::int64_t count);

  const discovery::Endpoints& ends_;
  fencing::TouchCounters counters_;
  std::string registration_;
  std::stop_token stop_;
  std::vector<Table> tables_;
  std::optional<live::LargeObjectCarry> large_objects_;
  std::optional<postgres::Connection> reader_;  // of the source
  std::optional<postgres::Connection> writer_;  // of the target; passes what refuses writes there
};

}  // namespace pghaul::job

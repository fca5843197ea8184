#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "measure/live_status.h"
#include "measure/progress.h"
#include "measure/synced_table.h"
#include "measure/timeline.h"

namespace pghaul::measure {

/// Reports to a listener, as JSON objects, what happens while it happens (docs/events.md).
///
/// Ownership  none of the timeline, which gives the times.
/// Threads    any may emit; the listener is called by one at a time.
class Events {
 public:
  using Listener = std::function<void(const std::string& json)>;
  Events(const Timeline& timeline, Listener listener);

  /// Tells whether nobody listens: then what is only emitted need not be gathered.
  [[nodiscard]] bool unheard() const noexcept { return !listener_; }

  void started(const std::string& verb);
  void finished(const std::string& status, bool partial);

  /// A description of the run, complete once discovery has ended.
  struct Job {
    std::string source, target;     // for people; an empty target: there is none
    std::int64_t source_bytes = 0;  // on disk
    std::size_t tables = 0, indexes = 0;
    int jobs = 0;
    double predicted_seconds = 0;            // counted from this event, by the shipped rates
    double likely_low = 0, likely_high = 0;  // the same, corrected by earlier copies; 0: not known
  };
  void job(const Job& job);

  void phase_started(const std::string& phase);
  void phase_finished(const std::string& phase, double seconds);
  void progress(const Progress& progress);

  void table_started(const std::string& table, std::uint64_t parts);
  void table_finished(const std::string& table, std::uint64_t rows, std::uint64_t bytes, double seconds);
  /// Emits what all parts of a table have moved so far.
  void chunk(const std::string& table, std::uint64_t rows, std::uint64_t bytes);
  void index_started(const std::string& index, const std::string& table, std::int64_t bytes);
  void index_finished(const std::string& index, const std::string& table, std::int64_t bytes, double seconds);
  /// Emits the result of a comparison; `difference` is empty when source and target are equal in what `mode`
  /// compares.
  void verify(const std::string& object, const std::string& mode, std::uint64_t rows,
              const std::string& difference);
  /// Emits that a table is equal by now, with what was written to it; of `sync`.
  void table_synced(const SyncedTable& table, double seconds);
  void milestone(const std::string& name);
  /// Emits the milestone from which on the application may write; `downtime`: seconds, if known.
  void opened(const std::string& milestone, std::optional<double> downtime);
  /// Emits how a live copy stands, each second or so.
  void following(const LiveStatus& status);
  /// Emits that both sides were at the same state for a moment, to be compared; `seconds`: how long that
  /// took.
  void barrier(double seconds);
  /// The result of a comparison of what a live copy has changed.
  struct Round {
    double seconds = 0;
    std::uint64_t keys = 0, tables = 0;  // found equal
    std::vector<std::string> different;  // tables, with rows
    bool postponed = false;              // some tables were left for the next round
  };
  void round(const Round& round);
  /// Emits that a step of a switchover has ended. `attempt` counts from 1; 0: the step is of none.
  void switchover(const std::string& step, int attempt, double seconds);
  /// Emits a failure that will be retried after `wait` seconds; `attempt` counts from 1.
  void retry(const std::string& what, const std::string& error, double wait, int attempt);
  void warning(const std::string& message, const std::string& hint, const std::string& object);
  void error(const Error& error);
  /// Emits an event of another run, with this one's times.
  void pass_on(const std::string& kind, const nlohmann::json& event);

 private:
  /// Adds the name and the times to `event`, and passes it to the listener.
  void emit(const std::string& name, nlohmann::json event);

  const Timeline* timeline_;
  Listener listener_;
  std::mutex mutex_;
};

}  // namespace pghaul::measure

#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "follow/meter.h"
#include "follow/status.h"
#include "follow/visibility.h"
#include "live/barrier_server.h"
#include "live/late_write_watch.h"
#include "live/proof_schedule.h"
#include "live/slot_warnings.h"

namespace pghaul::live {

/// Watches a live copy while its changes are applied: each second it asks the source how far it is, writes
/// how the copy stands to the target, for `pghaul status`, and emits it as an event.
///
/// Failures to ask or to write hold nothing up: it tries again a second later.
/// Ownership  none of what it is given, which outlives it.
/// Threads    one of its own, which has ended once this is destroyed.
class Monitor {
 public:
  struct Watched {
    const discovery::Endpoint& source;
    const discovery::Endpoint& target;
    std::string slot;
    std::string schema;  // of the journal
    std::string source_description;
    std::optional<ClosedTarget> closed_target;  // on the way back
    int turn = 0;                               // of the target: see follow::read_turn()
    std::function<void()> closed;               // called once a switchover has closed the source
    std::function<void(Error)> slot_full;       // called when the slot has to be given up, for --slot-limit
    std::function<void()> new_partitions;       // called when the target lacks partitions of the source
    const follow::Meter& meter;
    follow::Visibility& visibility;
    BarrierServer& barriers;
    ProofSchedule& rounds;
  };
  Monitor(discovery::VerbContext context, Watched watched);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Ends the watch, and writes for good that the copy was stopped, was switched over (no error), or why it
  /// broke. Fills the report.
  void conclude(const Status& outcome);

 private:
  using Clock = std::chrono::steady_clock;

  void watch(const std::stop_token& end);
  [[nodiscard]] bool answer();
  void look();
  [[nodiscard]] Status ask_source();
  [[nodiscard]] Status write();
  void judge_lag(std::int64_t source_clock);
  [[nodiscard]] Status name_new_tables();
  [[nodiscard]] Status find_new_partitions();
  [[nodiscard]] Status find_carried();
  [[nodiscard]] Status judge_readiness();
  void measure_rate();
  void publish();
  void warn(const Error& error);
  void sample();

  discovery::VerbContext context_;
  Watched watched_;
  follow::StatusTable table_;
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> target_;
  measure::LiveStatus status_;
  std::deque<std::pair<Lsn, Clock::time_point>>
      passed_;  // the source's positions that are not received yet, and when it was there
  Clock::time_point counted_at_;
  std::uint64_t counted_ = 0;       // changes
  Clock::time_point next_tables_;   // when to look for new ones again
  std::size_t new_partitions_ = 0;  // the number reported last
  std::string lacked_partitions_;   // for people
  SlotWarnings slot_warnings_;
  std::string named_tables_;  // that were created since, as already warned of
  std::set<std::string> warned_;
  std::vector<measure::Report::Finding> findings_;
  std::vector<measure::Report::LiveSample> samples_;
  double sample_interval_ = 1;  // seconds; twice as long each time that there are too many
  std::jthread thread_;         // the last: it uses the others
};

}  // namespace pghaul::live

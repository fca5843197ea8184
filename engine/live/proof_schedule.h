#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "follow/changed_keys.h"
#include "follow/unproved_tables.h"
#include "live/barrier_server.h"
#include "live/proof_round.h"
#include "measure/live_status.h"
#include "measure/report.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Compares what a live copy has changed while it follows: each --round-every, and earlier where many rows
/// have changed since.
///
/// Threads  one of its own, which has ended once this is destroyed. keys(), prepare() and record() are for
///          the thread that applies the changes, the others for any.
class ProofSchedule {
 public:
  /// Ownership  none of the ends, which outlive it.
  ProofSchedule(const discovery::VerbContext& context, const discovery::Endpoint& source,
                const discovery::Endpoint& target, const std::string& slot, const std::string& schema,
                BarrierServer& barriers);
  ~ProofSchedule();
  ProofSchedule(const ProofSchedule&) = delete;
  ProofSchedule& operator=(const ProofSchedule&) = delete;

  [[nodiscard]] follow::ChangedKeys& keys() noexcept { return keys_; }
  /// Call it before changes are applied. What an earlier pghaul has changed and not compared counts as
  /// changed as a whole.
  [[nodiscard]] Status prepare();
  /// Writes down that the table is going to differ from what was compared.
  [[nodiscard]] Status record(std::uint32_t table);

  /// Rounds begin once this has been called with true: where the target is close behind.
  void set_following(bool following) noexcept { following_ = following; }
  /// Tells whether rounds are wanted at all.
  [[nodiscard]] bool wanted() const noexcept { return wanted_; }
  /// Returns what is proved, as of now.
  [[nodiscard]] measure::LiveProof proof() const;
  /// Returns the last rounds, for the report.
  [[nodiscard]] std::vector<measure::Report::ProofRound> made() const;

 private:
  using Clock = std::chrono::steady_clock;

  void watch(const std::stop_token& stop);
  [[nodiscard]] bool is_due() const;
  void run_round(const std::stop_token& stop);
  [[nodiscard]] Status compare(const std::stop_token& stop);
  [[nodiscard]] Status forget(const std::vector<std::uint32_t>& equal, const std::stop_token& stop);
  void take(const RoundOutcome& outcome, double seconds);

  discovery::VerbContext context_;
  const discovery::Endpoint& source_;
  const discovery::Endpoint& target_;
  follow::UnprovedTables unproved_;
  BarrierServer& barriers_;
  const bool wanted_;
  follow::ChangedKeys keys_;
  std::optional<postgres::Connection> recorder_;
  bool loaded_ = false;
  std::atomic<bool> following_ = false;
  Clock::time_point next_;
  Clock::time_point retry_;             // not before, however many keys there are: the last round failed
  std::vector<std::uint32_t> waiting_;  // tables that the last round had no room for
  std::set<std::string> warned_;
  mutable std::mutex mutex_;  // for what follows
  measure::LiveProof proof_;
  std::deque<measure::Report::ProofRound> made_;
  std::optional<Clock::time_point> proved_at_;
  std::jthread thread_;  // the last: it uses the others
};

}  // namespace pghaul::live

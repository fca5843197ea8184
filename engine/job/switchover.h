#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lsn.h"
#include "discovery/verb_context.h"
#include "fencing/blockers.h"
#include "fencing/fence.h"
#include "fencing/fenced_tables.h"
#include "fencing/hold.h"
#include "fencing/sequences.h"
#include "fencing/switchover_lock.h"
#include "job/switchover_carry.h"
#include "live/barrier_server.h"
#include "live/switchover_follower.h"
#include "live/way_back.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// pghaul switchover: closes the source of a live copy to writers, once the target has everything, so that
/// the application goes on there. run_phases() (switchover.cpp) and attempt() (switchover_attempt.cpp) list
/// the steps in their order; the other files of this name have those of one phase each.
///
/// One COMMIT on the source decides. What fails before it leaves the source open; after it the source refuses
/// writes, and the same command completes what is left.
///
/// Threads  one; what it starts has ended when run() returns.
class Switchover {
 public:
  explicit Switchover(const discovery::VerbContext& context);
  ~Switchover();

  [[nodiscard]] Status run();
  /// Tells whether the decision was made, or may have been.
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  using Clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  [[nodiscard]] Status run_phases();
  [[nodiscard]] Status look();
  [[nodiscard]] Status agree_on_encoding(const std::string& of_source, const std::string& of_target);
  [[nodiscard]] Status check_that_it_follows();
  [[nodiscard]] Status confirm();
  [[nodiscard]] Status get_ready();
  [[nodiscard]] Status await_turn();
  [[nodiscard]] Status ensure_followed();
  [[nodiscard]] Status list_what_to_close();
  [[nodiscard]] Status prepare_source();
  [[nodiscard]] Status compare_definitions(bool closed_before);
  [[nodiscard]] Status wait_until_ready();
  [[nodiscard]] Status prove_first();
  [[nodiscard]] Status attempt_all();
  [[nodiscard]] Status attempt(int number);
  [[nodiscard]] Status hold_and_decide(fencing::Hold& hold);
  [[nodiscard]] Status drain(Clock::time_point deadline);
  [[nodiscard]] Status await_position(Lsn position, Clock::time_point deadline);
  [[nodiscard]] Status carry_sequences(fencing::Hold& hold, Clock::time_point deadline);
  [[nodiscard]] Status take_snapshots();
  [[nodiscard]] Status make_durable();
  [[nodiscard]] Status decide(fencing::Hold& hold, Clock::time_point deadline);
  [[nodiscard]] Status commit(fencing::Hold& hold);
  [[nodiscard]] Result<bool> is_decided(milliseconds at_most);
  [[nodiscard]] Result<bool> await_decision(const std::string& whose,
                                            std::optional<Clock::time_point> deadline = {});
  [[nodiscard]] Status check_undecided(fencing::Hold& hold);
  [[nodiscard]] Status ensure_lock();
  [[nodiscard]] Status find_decision(Error lost);
  [[nodiscard]] Status open_target();
  [[nodiscard]] Status prove();
  [[nodiscard]] Status run_on_open(const char* state);
  void end_sessions();
  void note_blockers(double seconds);
  void clean_up();

  [[nodiscard]] Status step(const char* name, const std::function<Status()>& work);
  static milliseconds as_milliseconds(double seconds) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
  }
  [[nodiscard]] milliseconds at_most() const { return as_milliseconds(context_.options.at_most); }
  [[nodiscard]] milliseconds left(Clock::time_point deadline) const;
  [[nodiscard]] Status check_time(Clock::time_point deadline) const;

  discovery::Options options_;  // those of the verb, and of the copy
  discovery::Endpoints ends_;   // in one encoding, as soon as look() knows both
  discovery::VerbContext context_;
  measure::Report::Switchover& report_;
  std::optional<fencing::SwitchoverLock> lock_;
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> target_;
  live::LiveTurns turns_;
  std::string schema_;  // on the target: holds how far it is
  std::string target_text_;
  int turn_ = 0;  // of this switchover
  std::vector<fencing::FencedTable> tables_;
  std::vector<fencing::FencedTable> locked_;  // and what else is locked
  std::vector<std::uint32_t> relations_;      // these and the sequences, by their OIDs
  std::vector<std::uint32_t> sequences_;
  std::optional<fencing::Fence> fence_;
  std::unique_ptr<live::SwitchoverFollower> follower_;
  std::optional<SwitchoverCarry> carry_;
  std::optional<live::WayBack> way_back_;
  std::optional<postgres::Connection> source_snapshot_;
  std::optional<postgres::Connection> target_snapshot_;
  std::optional<live::SnapshotPair>
      snapshots_;  // at the source's last state; nothing: another run has decided
  std::vector<fencing::Blocker> blockers_;
  std::optional<fencing::Hold> hold_;  // of the present attempt
  std::future<Status> committing_;     // has ended before `hold_` does
  Clock::time_point held_since_;
  int attempt_ = 0;
  bool prepared_ = false;  // something was made on the servers
  bool touched_ = false;
};

}  // namespace pghaul::job

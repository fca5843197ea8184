#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "follow/meter.h"
#include "follow/visibility.h"
#include "live/barrier_server.h"
#include "live/late_write_watch.h"

namespace pghaul::live {

class ProofSchedule;

/// Applies the changes of one server to another, through outages, until it is stopped or a switchover has
/// closed the server whose changes these are.
///
/// Ownership  none of the ends, which outlive it.
/// Threads    one; what it starts has ended when run() returns.
class Follower {
 public:
  /// Who follows whom.
  struct Direction {
    const discovery::Endpoint& source;  // whose changes are applied
    const discovery::Endpoint&
        target;          // its sessions have the encoding of the source's: in_common_encoding()
    std::string slot;    // on the source; also the publication's name
    std::string schema;  // on the target: holds how far it is
    std::string source_description;
    int turn = 0;                                    // of the target: see follow::read_turn()
    std::optional<ClosedTarget> closed_target = {};  // on the way back; its watch outlives the follower
  };
  Follower(discovery::VerbContext context, Direction direction)
      : context_(std::move(context)), direction_(std::move(direction)) {}

  /// Returns without an error when the source has been closed. Errors  interrupted: it was stopped, which
  /// loses nothing; those of the applier and of the feed.
  [[nodiscard]] Status run();
  /// Tells whether the slot has to be dropped, for --slot-limit.
  [[nodiscard]] bool slot_given_up() const noexcept { return given_up_.has_value(); }

 private:
  void end_after_switchover();
  void give_slot_up(Error error);
  [[nodiscard]] Status copy_new_partitions(ProofSchedule& rounds);
  void restart_attempt();
  [[nodiscard]] std::stop_token begin_attempt();
  [[nodiscard]] Status keep_following(BarrierServer& barriers, ProofSchedule& rounds);
  [[nodiscard]] Status follow_once(BarrierServer& barriers, ProofSchedule& rounds);
  [[nodiscard]] follow::BarrierFeed::Hooks hooks(BarrierServer& barriers, ProofSchedule& rounds);

  discovery::VerbContext context_;
  std::stop_source end_;  // requested with the context's, and when the source is closed
  std::atomic<bool> closed_ = false;
  std::optional<Error> given_up_;  // written by the monitor's thread, once, before end_ is requested
  std::mutex attempt_mutex_;
  std::stop_source attempt_;               // requested with end_, and when there are new partitions
  std::size_t made_partitions_ = 0;        // by copy_new_partitions()
  std::set<std::string> left_partitions_;  // new ones that were not made, as already warned of
  Direction direction_;
  double barrier_began_ = 0;
  follow::Meter meter_;
  follow::Visibility visibility_;
};

}  // namespace pghaul::live

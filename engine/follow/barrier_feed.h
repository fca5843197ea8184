#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>

#include "follow/feed.h"
#include "follow/held_messages.h"
#include "follow/visibility.h"

namespace pghaul::follow {

/// Another feed, which on request stops for a moment where the target holds exactly what a snapshot of the
/// source shows: at a barrier.
///
/// The snapshot is taken between two transactions, and a marker is written on the source after it.
/// Transactions that the snapshot sees are let through, from the first that it does not see on they are held
/// back. When the marker comes, and none that it sees came behind one that it does not see, the target is at
/// the snapshot's state as soon as all that was let through is safe there. Otherwise everything is let
/// through and it is tried again.
///
/// Memory  what is committed on the source between the snapshot and the marker, 64 MB of it at most.
/// Threads one at a time; any may ask for a barrier.
/// Source  which transactions a snapshot sees: PostgreSQL manual, "Snapshot Information Functions". A commit
///         can be streamed before it becomes visible; so one that was let through before, and is not seen,
///         also makes the attempt void.
class BarrierFeed : public Feed {
 public:
  /// Calls that act on the servers; an error of one ends the attempt.
  struct Hooks {
    std::function<Result<std::string>()> take_snapshot;  // of the source, and keep it: "xmin:xmax:xip,…"
    std::function<Status(const std::string& marker)> write_marker;
    std::function<Status()> reached;           // the target is at that state until this returns
    std::function<void(const Error&)> failed;  // it is of no use to try again
  };
  /// `own_schema`, on the source, has the table of markers. `visibility`: of the source. `requested`: set to
  /// true, it asks for one barrier. Both outlive this.
  BarrierFeed(Feed& feed, std::string own_schema, const Visibility& visibility, std::atomic<bool>& requested,
              Hooks hooks)
      : feed_(feed),
        own_schema_(std::move(own_schema)),
        visibility_(visibility),
        requested_(requested),
        hooks_(std::move(hooks)) {}

  [[nodiscard]] Result<Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) override;
  void confirm(Lsn durable) override;

 private:
  enum class State {
    idle,
    passing,    // the snapshot has been taken; only transactions that it sees have come since
    holding,    // one that it does not see has come
    at_marker,  // all that is to be let through has been
    releasing   // what was held is given
  };

  [[nodiscard]] bool may_begin();
  void begin_attempt();
  void end_attempt();
  void try_again();
  void fail_for_good(const Error& error);
  [[nodiscard]] bool saw_all_that_passed(const VisibleTransactions& snapshot);
  [[nodiscard]] Result<Item> wait_at_marker(const std::stop_token& stop);
  /// Tells whether the message may be let through; otherwise it is held.
  [[nodiscard]] bool let_through(const changes::Message& message);
  void note(const changes::Message& message);
  [[nodiscard]] bool is_marker(const changes::Message& message) const;

  Feed& feed_;
  std::string own_schema_;
  const Visibility& visibility_;
  std::atomic<bool>& requested_;
  Hooks hooks_;
  State state_ = State::idle;
  int attempts_ = 0;  // since the barrier was asked for
  std::chrono::steady_clock::time_point first_attempt_;
  std::chrono::steady_clock::time_point next_attempt_;
  std::optional<VisibleTransactions> snapshot_;
  std::string marker_;
  HeldMessages held_;
  bool in_transaction_ = false;               // of what was let through
  bool has_changes_ = false;                  // that transaction, for the target
  std::unordered_set<std::uint32_t> passed_;  // transactions let through, not known to be visible
  Lsn last_passed_;                           // where the last one with changes for the target ends
  Lsn durable_;
};

}  // namespace pghaul::follow

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "discovery/target_hold.h"
#include "discovery/verb_context.h"
#include "follow/progress.h"
#include "journal/journal.h"
#include "live/follower.h"
#include "live/late_write_watch.h"

namespace pghaul::job {

/// pghaul copy --follow: prepares the source, copies under a snapshot, and then applies the changes that were
/// made since, until it is stopped. After a switchover it goes on with the ends exchanged. Its phases, in
/// order, are run_phases()'s lines.
///
/// Threads    one; what it starts has ended when run() returns.
class LiveCopy {
 public:
  explicit LiveCopy(discovery::VerbContext context) : context_(std::move(context)) {}

  [[nodiscard]] Status run();
  /// Tells whether something has been changed, on the target or on the source.
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  [[nodiscard]] Status run_phases();
  [[nodiscard]] Status look();
  [[nodiscard]] Status prepare();
  [[nodiscard]] Status adopt();
  [[nodiscard]] Status check_and_register();
  [[nodiscard]] Status copy();
  [[nodiscard]] Status give_slot_up(Status because);
  [[nodiscard]] Status clean_up(Status failed);
  [[nodiscard]] Status follow();
  [[nodiscard]] Status ensure_hold();
  [[nodiscard]] Result<bool> is_switchover_under_way();
  [[nodiscard]] Result<std::optional<live::Follower::Direction>> find_direction();
  [[nodiscard]] std::unique_ptr<live::LateWriteWatch> watch_late_writes();
  [[nodiscard]] static Status way_back_ended(const Error& error);

  discovery::VerbContext context_;
  discovery::Endpoints following_ends_;  // the verb's, in one encoding; while it follows
  std::string name_;                     // of the registration
  std::optional<discovery::TargetHold> hold_;
  std::optional<follow::Progress> changes_;  // where they begin, while they have not begun to be applied
  std::string schema_;                       // of the journal, once it is at stage following
  std::string source_description_;
  bool touched_ = false;
  bool has_turned_ = false;  // it has followed in the other direction before
};

}  // namespace pghaul::job

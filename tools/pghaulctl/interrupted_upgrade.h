#pragma once

#include "changeover.h"
#include "failure.h"
#include "fleet.h"

/// An upgrade that a run before was killed in: what it left is brought to where the next run knows it.
namespace pghaul::platform {

enum class TakenUp {
  nothing,  // nothing was interrupted
  back,     // the old cluster runs again, and the upgrade may begin anew
  finished  // the next cluster is whole, and alone
};

/// Waits for what still works there, stops servers that pg_upgrade has left, and finishes what pg_upgrade has
/// done, or starts the old cluster again. The fleet has to be surveyed anew afterwards.
///
/// Errors  neither cluster is whole: the member has to be destroyed, and made anew.
[[nodiscard]] Result<TakenUp> take_up_upgrade(Member& member, const App& app);
/// Does so for the next database of a changeover, and starts a follower that was stopped to leave the live
/// one.
[[nodiscard]] Outcome take_up(Changeover& all);
/// Stops what pg_upgrade has left running of a member's two clusters, if it has two.
[[nodiscard]] Outcome stop_left_over(const Member& member);

}  // namespace pghaul::platform

#pragma once

#include <string>

#include "cluster_tools.h"
#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Returns the replication slot that a leader keeps WAL in for one of its followers.
[[nodiscard]] std::string slot_of(const std::string& follower);

/// Refuses a follower on a machine from where its leader can't be reached; `host` is the command that leads
/// there. Followers connect to their leaders directly. Changes nothing.
[[nodiscard]] Outcome check_leader(const Member& leader, const std::string& host);
/// Refuses a follower that could not be made at the place of `next`, or that nobody would reach there.
/// Changes nothing.
[[nodiscard]] Outcome check_follower(const Member& leader, const Member& next);

/// Makes a cluster that follows `leader` by a slot of its own, and starts it. One that a run before has left
/// unfinished is made anew.
///
/// `name`  the follower's, after which its slot is called.
[[nodiscard]] Outcome make_follower(Member& leader, const ClusterName& cluster, const std::string& name);

/// Refuses a follower that is more than kCaughtUp commits behind, in the words of hosted platforms.
[[nodiscard]] Outcome refuse_far_behind(Member& leader, Member& follower);
/// Waits for it to be no farther behind than that, for a minute.
[[nodiscard]] Outcome catch_up(Member& leader, Member& follower);
/// Waits until the follower has replayed all that its leader has written.
[[nodiscard]] Outcome wait_for_replay(Member& leader, Member& follower);

/// Makes a follower a server of its own; the leader, if it is known, drops its slot.
[[nodiscard]] Outcome end_recovery(Member* leader, Member& follower);
/// Keeps a follower from replaying more; returns once it does not.
[[nodiscard]] Outcome pause_replay(Member& follower);
[[nodiscard]] Outcome resume_replay(Member& follower);
/// Has a follower end its recovery before the record at `lsn`, which it has not replayed yet, and waits for
/// that. It is restarted.
[[nodiscard]] Outcome end_recovery_at(Member& follower, const std::string& lsn);
/// Removes from its file what end_recovery_at() writes, before a restart reads it.
[[nodiscard]] Outcome forget_end_of_recovery(Member& follower);
/// Tells whether a follower was started to end its recovery so.
[[nodiscard]] Result<bool> is_leaving(Member& follower);
/// Refuses a follower that was started to end its recovery elsewhere than before the record at `lsn`.
[[nodiscard]] Outcome check_leaving(Member& follower, const std::string& lsn);
/// Refuses a former follower of `leader` whose recovery ended elsewhere, which its timeline's history tells.
[[nodiscard]] Outcome check_left_at(Member& former, const std::string& lsn, const std::string& leader);
[[nodiscard]] Outcome await_end_of_recovery(Member& follower);
/// Removes what a server has of the time when it was a follower, here and at its leader.
[[nodiscard]] Outcome settle_follower(Member& leader, Member& follower);
/// Drops the slot of a follower, if there is one.
[[nodiscard]] Outcome drop_slot(Member& leader, const std::string& follower);

}  // namespace pghaul::platform

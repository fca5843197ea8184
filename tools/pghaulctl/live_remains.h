#pragma once

#include "failure.h"
#include "fleet.h"
#include "pghaul/signals.h"

/// What a live copy leaves on the live database when the database that it fills is destroyed: a replication
/// slot, which keeps WAL, with a publication and a row.
namespace pghaul::platform {

/// Tells whether the live database keeps changes for a live copy into `member`, or for `member` to be
/// converted.
///
/// Errors  `member` can't be asked, and there is a live copy that may be its; a switchover between both can
///         still go back; what is kept may be for another one of `fleet` as well.
[[nodiscard]] Result<bool> keeps_changes_for(Member& live, Member& member, Fleet& fleet);
/// Removes what it keeps for `member`, from the live database first.
[[nodiscard]] Outcome give_up_changes(const Member& live, const Member& member, command::Signals& signals);

}  // namespace pghaul::platform

#pragma once

#include "discovery/discovery.h"
#include "journal/journal.h"

namespace pghaul::job {

/// Adds to the findings what the target's journal says of an earlier copy, before it is replaced: a hint that
/// it can be resumed, and a warning if a source would keep its replication slot. `follows`: the new copy is
/// live, too, and takes the slot over where it has the same source.
void mention_journal(const journal::Journal::Header& earlier, bool follows, discovery::Discovery& found);

}  // namespace pghaul::job

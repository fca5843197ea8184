#pragma once

#include <string>
#include <vector>

#include "live/followed.h"

namespace pghaul::live {

/// Notes that each transaction of the source takes as its last change, one after another: digests of
/// everything that it sees, which is all that was committed before, and its own. So the last note that the
/// target has tells what the target must hold.

/// Returns SQL that makes the table of notes, and the function that digests the rows of `tables`.
[[nodiscard]] std::string notes_of(const std::vector<std::string>& tables);
/// Takes a note, after a lock that the transaction keeps.
inline constexpr const char* kTakeNote =
    "SELECT pg_advisory_xact_lock(1); INSERT INTO notes SELECT coalesce(max(seq), 0) + 1, digest() FROM "
    "notes";

/// The target is the source as it was after the target's last note, and has all notes before it.
void expect_a_state_of_the_source(const Followed& pair, const std::string& moment);
/// The target is the source.
void expect_the_state_of_the_source(const Followed& pair);

/// Returns once the target has done what followers that are gone had sent.
void await_the_end_of_followers(const Followed& pair);

}  // namespace pghaul::live

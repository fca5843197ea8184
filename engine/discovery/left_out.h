#pragma once

#include "discovery/discovery.h"
#include "discovery/options.h"

/// The objects that a copy leaves out, each with its reason in Discovery::left_out.
namespace pghaul::discovery {

/// Makes each of Discovery::closed_tables a reason not to copy.
void refuse_closed_tables(Discovery& found, const Options& options);
/// Leaves out what can't be carried, where that is asked for; otherwise it becomes a reason not to copy.
void leave_out_uncarried(Discovery& found, const Options& options);
/// Leaves out large objects where they are not wanted: they have been counted only.
void leave_out_large_objects(Discovery& found, const Options& options);
/// Leaves out what belongs to no schema where schemas or tables are chosen. The database's own owner, grants
/// and the like are none of its contents, and are only forgotten.
void leave_out_database(Discovery& found, const Options& options);
void leave_out_invalid_indexes(Discovery& found);
/// Leaves out foreign keys that refer to what is not copied. With --data-only they are only forgotten.
void leave_out_keys(Discovery& found, const Options& options);
/// Moves to Discovery::out_of_reach what the target's role can't make as it is on the source. No copy tries,
/// and no comparison calls it a fault of the copy.
void find_out_of_reach(Discovery& found);
/// Forgets what options leave out by its kind, such as tablespaces.
void forget_excluded(Discovery& found, const Options& options);
/// Forgets what no object that is chosen needs.
void forget_unchosen(Discovery& found, const Options& options);

}  // namespace pghaul::discovery

#pragma once

#include <string>

#include "base/error.h"
#include "discovery/options.h"

namespace pghaul::job {

// Options that are each right, but not together, or not for these two ends; those by which parts of a
// database are chosen are in check_parts.h. None of these functions asks a server. Errors  usage.

/// Checks that an end is given. `what`: "source" or "target".
[[nodiscard]] Status check_end(const std::string& connection, const char* what);
/// Refuses what does not go together with following.
[[nodiscard]] Status check_follow(const discovery::Options& options);
/// Refuses what does not apply where the target is an archive.
[[nodiscard]] Status check_archive_target(const discovery::Options& options);
/// Checks that the target will hold all rows of the tables it has, compared, and that nobody writes before.
[[nodiscard]] Status check_record(const discovery::Options& options);
/// Refuses what does not go together with making the target's database.
[[nodiscard]] Status check_create(const discovery::Options& options);
/// Refuses what a copy to nowhere can't have.
[[nodiscard]] Status check_discard(const discovery::Options& options);
/// Refuses what a rehearsal can't have.
[[nodiscard]] Status check_rehearsal(const discovery::Options& options);
/// Checks what naming rows takes: two servers, and digests.
[[nodiscard]] Status check_rows(const discovery::Options& options);
/// Checks what a sync, or its forecast, can't have.
[[nodiscard]] Status check_sync(const discovery::Options& options);
/// Checks what the forecast of a sync takes: two servers, of which one holds a copy of the other.
[[nodiscard]] Status check_sync_forecast(const discovery::Options& options);
/// Refuses what is about one database, where all of a server are meant.
[[nodiscard]] Status check_all_databases(const discovery::Options& options);

}  // namespace pghaul::job

#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/options.h"
#include "discovery/verb_context.h"
#include "postgres/connection.h"

/// Checks what is needed before a switchover makes anybody wait. Errors  refused, with what to do.
namespace pghaul::job {

/// Gives `options` what the live copy left out, such as owners, privileges and large objects: its journal,
/// which `journal_holder` has, says so. Refuses another selection of objects than that of the copy.
[[nodiscard]] Status adopt_copy_options(postgres::Connection& journal_holder, discovery::Options& options);
/// Refuses what would be lost, as a live copy does not carry it, unless that is asked for: then the report
/// names it. `with_large_objects`: they are carried.
[[nodiscard]] Status check_not_carried(postgres::Connection& source, bool with_large_objects,
                                       const discovery::VerbContext& context);
/// Refuses more locks than half of what the source has room for: a full table of locks fails everybody.
[[nodiscard]] Status check_locks(postgres::Connection& source, std::size_t wanted);
/// Gives the target's materialized views what a refresh on the source would give them now.
[[nodiscard]] Status refresh_views(postgres::Connection& target, const std::stop_token& stop);

}  // namespace pghaul::job

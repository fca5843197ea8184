#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "journal/journal.h"

/// What makes two runs the same job.
namespace pghaul::discovery {

/// The header of a job that begins now. `found.plan` must be made.
[[nodiscard]] journal::Journal::Header header_of(const Discovery& found, const Options& options);
/// What can be told before the plan is made. Errors  refused, with what is different.
[[nodiscard]] Status same_source_and_options(const journal::Journal::Header& then, const Discovery& found,
                                             const Options& options);
/// The rest of it. Errors  refused, with what is different about `now`.
[[nodiscard]] Status same_job(const journal::Journal::Header& then, const journal::Journal::Header& now);

}  // namespace pghaul::discovery

#pragma once

#include "base/error.h"
#include "job/discovery.h"
#include "job/journal.h"
#include "job/options.h"

/// What makes two runs the same job.
namespace pghaul::job {

/// The header of a job that begins now. `found.plan` must be made.
[[nodiscard]] Journal::Header header_of(const Discovery& found, const Options& options);
/// What can be told before the plan is made. Errors  refused, with what is different.
[[nodiscard]] Status same_source_and_options(const Journal::Header& then, const Discovery& found,
                                             const Options& options);
/// The rest of it. Errors  refused, with what is different about `now`.
[[nodiscard]] Status same_job(const Journal::Header& then, const Journal::Header& now);

}  // namespace pghaul::job

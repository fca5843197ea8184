#pragma once

#include "base/error.h"
#include "job/discovery.h"
#include "job/journal.h"
#include "job/options.h"

/// What makes two runs the same job.
namespace pghaul::job {

/// The header of a job that begins now. `found.plan` must be made.
[[nodiscard]] Journal::Header header_of(const Discovery& found, const Options& options);
/// Errors  refused, with what is different about `now`.
[[nodiscard]] Status same_job(const Journal::Header& then, const Journal::Header& now);

}  // namespace pghaul::job

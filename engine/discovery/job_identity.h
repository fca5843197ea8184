#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "journal/journal.h"

/// The identity of a job: what makes two runs the same one.
namespace pghaul::discovery {

/// Names a database as journals do: its server's system identifier and its OID.
[[nodiscard]] std::string identity_of(const catalog::Server& server);
/// Returns the header of a job that begins now. `found.plan` must be made.
[[nodiscard]] journal::Journal::Header header_of(const Discovery& found, const Options& options);
/// Checks what is known before the plan is made. Errors  refused, with what is different.
[[nodiscard]] Status same_source_and_options(const journal::Journal::Header& then, const Discovery& found,
                                             const Options& options);
/// Checks the rest. Errors  refused, with what is different about `now`.
[[nodiscard]] Status same_job(const journal::Journal::Header& then, const journal::Journal::Header& now);

}  // namespace pghaul::discovery

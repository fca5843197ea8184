#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "link/near_half.h"
#include "link/remote_request.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "schema/schema_archive.h"

namespace pghaul::link {

/// Runs pg_dump and pg_restore where the server is: each sends it dozens of queries, one after another.
///
/// Returns nothing when the far half has none of the same major version as the first of `programs`, or of the
/// archive's: then these have to work from here. The far half's machine logs that, once. `server`: as reach()
/// returns it, to notice when it stops responding.
[[nodiscard]] Result<std::optional<schema::SchemaArchive>> dump_at_far_half(
    NearHalf& link, const std::vector<schema::Programs>& programs, const postgres::ConnectionString& server,
    const std::string& snapshot, const schema::Filters& filters, const std::stop_token& stop);
[[nodiscard]] Result<std::optional<std::vector<schema::Failure>>> restore_at_far_half(
    NearHalf& link, const schema::SchemaArchive& archive, const postgres::ConnectionString& server,
    const std::vector<schema::Entry>& wanted, const std::stop_token& stop);

/// Does the far half's part of both. Errors  program_missing: it can't, and nothing was done.
[[nodiscard]] Result<RemoteRequest> run_request(const RemoteRequest& request,
                                                const postgres::ConnectionString& server, postgres::Side side,
                                                const std::stop_token& stop);

}  // namespace pghaul::link

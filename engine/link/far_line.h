#pragma once

#include <cstddef>
#include <stop_token>

#include "base/error.h"
#include "link/near_half.h"
#include "link/remote_request.h"
#include "postgres/connection_string.h"

namespace pghaul::link {

/// Sends so many bytes that can't be compressed across the link, the way that rows will go: from a source, to
/// a target. `server`, errors: those of request_with_liveness_check().
[[nodiscard]] Status carry(NearHalf& link, std::size_t bytes, const postgres::ConnectionString& server,
                           const std::stop_token& stop);

/// Does the far half's part: recognizes the job, and answers it.
[[nodiscard]] bool is_carrying(const RemoteRequest& request);
[[nodiscard]] RemoteRequest answer_carrying(const RemoteRequest& request);

}  // namespace pghaul::link

#pragma once

#include <stop_token>

#include "base/error.h"
#include "link/near_half.h"
#include "link/remote_request.h"
#include "postgres/connection_string.h"

namespace pghaul::link {

/// Runs a job at the far half while the server behind it responds to a second connection: when it has not for
/// ConnectionString::silence_limit(), the job is given up.
///
/// `server`: Connection::effective().
/// Errors  those of NearHalf::run_request(); connection_lost, naming the server and the job.
[[nodiscard]] Result<RemoteRequest> request_with_liveness_check(NearHalf& link, const RemoteRequest& request,
                                                                const postgres::ConnectionString& server,
                                                                const std::stop_token& stop);

}  // namespace pghaul::link

#pragma once

#include <stop_token>

#include "base/error.h"
#include "link/errand.h"
#include "link/near_half.h"
#include "postgres/connection_string.h"

namespace pghaul::link {

/// Runs a job at the far half while the server behind it responds to a second connection: when it has not for
/// ConnectionString::patience(), the job is given up.
///
/// `server`: Connection::effective().
/// Errors  those of NearHalf::run_errand(); connection_lost, naming the server and the job.
[[nodiscard]] Result<Errand> run_attended_errand(NearHalf& link, const Errand& errand,
                                                 const postgres::ConnectionString& server,
                                                 const std::stop_token& stop);

}  // namespace pghaul::link

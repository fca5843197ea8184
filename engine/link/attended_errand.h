#pragma once

#include <stop_token>

#include "base/error.h"
#include "link/errand.h"
#include "link/near_half.h"
#include "postgres/connection_string.h"

namespace pghaul::link {

/// Has the far half do something while the server behind it answers others: where it does not for
/// ConnectionString::patience(), the errand is given up.
///
/// `server`: as Connection::effective() gives it.
/// Errors  those of NearHalf::run_errand(); connection_lost, naming the server and the errand.
[[nodiscard]] Result<Errand> run_attended_errand(NearHalf& link, const Errand& errand,
                                                 const postgres::ConnectionString& server,
                                                 const std::stop_token& stop);

}  // namespace pghaul::link

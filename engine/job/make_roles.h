#pragma once

#include <stop_token>

#include "base/error.h"
#include "base/left_out.h"
#include "discovery/discovery.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// With --roles, makes the roles that the copied objects need and that the target lacks, as they are on the
/// source, all in one transaction. What of them can't be given is added to `left_out`.
[[nodiscard]] Status make_roles(discovery::Discovery& found, postgres::Connection& target,
                                LeftOuts& left_out);

}  // namespace pghaul::job

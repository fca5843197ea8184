#pragma once

#include <set>
#include <string>

#include "base/error.h"
#include "base/left_out.h"
#include "discovery/discovery.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// With --roles, makes the roles that the copied objects need and that the target lacks, as they are on the
/// source, all or none. What of them can't be given is added to `left_out`.
[[nodiscard]] Status make_roles(discovery::Discovery& found, postgres::Connection& target,
                                LeftOuts& left_out);

/// Makes all roles of the source's server that the target's lacks. A role that can't be made is added to
/// `left_out`, too. `superuser`: of the target. Returns whether there were any to make.
[[nodiscard]] Result<bool> make_all_roles(postgres::Connection& source, postgres::Connection& target,
                                          bool superuser, LeftOuts& left_out);

}  // namespace pghaul::job

#pragma once

#include <string>

#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Names the active jobs that pg_cron of this server runs in the application's database: "4 (billing), 7
/// (app)", by number and role; empty: there are none, or pg_cron isn't loaded. They are kept in one database
/// of the server, which need not be that one.
[[nodiscard]] Result<std::string> list_cron_jobs(Member& member, const App& app);

}  // namespace pghaul::platform

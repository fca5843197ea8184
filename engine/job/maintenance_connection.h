#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/options.h"
#include "measure/events.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// A session by which something is done that belongs to no database, such as making one.
struct MaintenanceConnection {
  postgres::Connection connection;
  discovery::Options options;  // those by which that was made: its database is their source or target
};

/// Connects to a server by one of its databases: that of --maintenance-db, or else the first of `databases`
/// that is there and lets the role in.
[[nodiscard]] Result<MaintenanceConnection> connect_for_maintenance(const discovery::Options& options,
                                                                    postgres::Side side,
                                                                    std::vector<std::string> databases,
                                                                    measure::Events& events,
                                                                    const std::stop_token& stop);

}  // namespace pghaul::job

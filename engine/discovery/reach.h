#pragma once

#include <memory>
#include <stop_token>

#include "base/error.h"
#include "discovery/options.h"
#include "link/near_half.h"
#include "measure/events.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::discovery {

/// Makes the link to that server where the options ask for one; nullptr where they don't. Its far half is
/// started when it is needed.
[[nodiscard]] Result<std::shared_ptr<link::NearHalf>> make_link(const Options& options, postgres::Side side,
                                                                measure::Events& events,
                                                                const std::stop_token& stop);

/// How to connect to that server, over its link where it has one, and how long to be patient with it.
[[nodiscard]] Result<postgres::ConnectionString> reach(const Options& options, postgres::Side side);

}  // namespace pghaul::discovery

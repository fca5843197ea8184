#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/options.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::link {
class NearHalf;
}
namespace pghaul::measure {
class Events;
}

namespace pghaul::discovery {

/// One server of a verb.
struct Endpoint {
  postgres::ConnectionString server;     // with the silence limit
  std::shared_ptr<link::NearHalf> link;  // nullptr: none
  std::string mark;                      // the end of its sessions' names; empty: they have none

  /// Returns how to connect to it now: over the link, where there is one, whose far half is started for that.
  [[nodiscard]] Result<postgres::ConnectionString> connection_string() const;
};

/// The servers of a verb. Absent: an archive stands there, or nothing.
struct Endpoints {
  std::optional<Endpoint> source;
  std::optional<Endpoint> target;
};

/// Makes the end that the options name, with its link where they ask for one.
[[nodiscard]] Result<std::optional<Endpoint>> make_endpoint(const Options& options, postgres::Side side,
                                                            measure::Events& events,
                                                            const std::stop_token& stop);

/// Returns an end that is reached without a link. `side` is for errors.
[[nodiscard]] Result<Endpoint> direct_endpoint(const std::string& server, postgres::Side side,
                                               const Options& options);

}  // namespace pghaul::discovery

#pragma once

#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::postgres {

/// Opens a connection for commands of the replication protocol beside SQL, as Connection::open() does. Such a
/// session takes one statement at a time and no parameters: of Connection's functions, query() without any
/// and execute() are of use.
[[nodiscard]] Result<Connection> open_for_replication(const ConnectionString& server, Side side,
                                                      const std::string& encoding = {},
                                                      const std::stop_token& stop = {});

}  // namespace pghaul::postgres

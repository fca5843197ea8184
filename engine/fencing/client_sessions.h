#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// A client's session in a server's database.
struct ClientSession {
  std::int64_t session = 0;
  std::string application;
};

/// Lists the clients' sessions in the database of `server`, but for this one and those of `own`.
[[nodiscard]] Result<std::vector<ClientSession>> list_client_sessions(postgres::Connection& server,
                                                                      const std::vector<std::int64_t>& own);
/// Asks the server to end them, and adds to `ended` those that it does end. Continues after one that the role
/// may not end. Errors  the first one.
[[nodiscard]] Status end_client_sessions(postgres::Connection& server,
                                         const std::vector<ClientSession>& sessions, std::int64_t& ended);

}  // namespace pghaul::fencing

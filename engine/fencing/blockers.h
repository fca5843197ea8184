#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// A session that stands in the way of a lock on all tables.
struct Blocker {
  std::int64_t session = 0;
  bool is_client = false;  // so that it may be ended
  std::string text;        // for people: "session 71 of role app …"
};

/// Lists those whose transaction has lasted for `seconds` at least and that hold locks on some of `relations`
/// which keep writers' tables from being locked; the oldest first, a few at most. `own`: sessions that don't
/// count.
[[nodiscard]] Result<std::vector<Blocker>> find_blockers(postgres::Connection& server,
                                                         const std::vector<std::uint32_t>& relations,
                                                         double seconds,
                                                         const std::vector<std::int64_t>& own);
/// Names all of them in one text.
[[nodiscard]] std::string listed(const std::vector<Blocker>& blockers);
/// Lists the prepared transactions of the database, for people.
[[nodiscard]] Result<std::vector<std::string>> find_prepared(postgres::Connection& server);
/// Ends the sessions.
[[nodiscard]] Status end_blockers(postgres::Connection& server, const std::vector<Blocker>& blockers);
/// Names a session whose DDL waits for `session`: everybody who comes later waits behind it. Empty: there is
/// none.
[[nodiscard]] Result<std::string> find_queued_ddl(postgres::Connection& server, std::int64_t session);
/// Names the session whose transaction is about to change the row of registration `name`, and whether it
/// waits for a synchronous standby. Empty: there is none.
[[nodiscard]] Result<std::string> find_deciding(postgres::Connection& server, const std::string& name);
/// Lists sessions whose DDL or TRUNCATE waits for one of pghaul's, likewise.
[[nodiscard]] Result<std::vector<Blocker>> find_waiting_ddl(postgres::Connection& server);

}  // namespace pghaul::fencing

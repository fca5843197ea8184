#include "fencing/client_sessions.h"

#include <fmt/format.h>

#include <utility>

namespace pghaul::fencing {

Result<std::vector<ClientSession>> list_client_sessions(postgres::Connection& server,
                                                        const std::vector<std::int64_t>& own) {
  const Result<postgres::Rows> rows =
      server.query(fmt::format("SELECT pid, application_name FROM pg_catalog.pg_stat_activity"
                               // What a session of another role is is hidden from an ordinary one.
                               " WHERE datname = pg_catalog.current_database() AND usesysid IS NOT NULL"
                               " AND coalesce(backend_type, 'client backend') = 'client backend'"
                               " AND pid <> pg_catalog.pg_backend_pid() AND pid <> ALL ('{{{}}}'::int[])",
                               fmt::join(own, ",")));
  if (!rows) return rows.error().during("listing the sessions of " + server.describe());
  std::vector<ClientSession> sessions;
  for (int row = 0; row < rows->size(); ++row)
    sessions.push_back({.session = rows->integer(row, 0), .application = rows->string(row, 1)});
  return sessions;
}

Status end_client_sessions(postgres::Connection& server, const std::vector<ClientSession>& sessions,
                           std::int64_t& ended) {
  Status first;
  for (const ClientSession& one : sessions) {
    const Result<postgres::Rows> done =
        server.query(fmt::format("SELECT pg_catalog.pg_terminate_backend({})", one.session));
    if (done && done->boolean(0, 0)) ++ended;
    if (!done && first) first = done.error().during("ending the sessions of " + server.describe());
  }
  return first;
}

}  // namespace pghaul::fencing

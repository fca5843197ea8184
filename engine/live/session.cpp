#include "live/session.h"

#include <utility>

#include "catalog/replica_role.h"

namespace pghaul::live {

Result<postgres::Connection> open_session(const discovery::Endpoint& end, postgres::Side side,
                                          const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = end.connection_string();
  if (!server) return fail(server.error());
  Result<postgres::Connection> session = postgres::Connection::open(*server, side, {}, stop);
  if (!session) return session;
  if (Status silent = silence_event_triggers(*session); !silent) return fail(silent.error());
  return session;
}

Status silence_event_triggers(postgres::Connection& session) {
  const Result<bool> may = catalog::may_set_replica_role(session);
  if (!may) return fail(may.error());
  return *may ? session.execute("SET session_replication_role = replica") : Status();
}

Status ensure_session(std::optional<postgres::Connection>& session, const discovery::Endpoint& end,
                      postgres::Side side, const std::stop_token& stop) {
  if (session) return {};
  Result<postgres::Connection> opened = open_session(end, side, stop);
  if (!opened) return fail(opened.error());
  session.emplace(std::move(*opened));
  return {};
}

}  // namespace pghaul::live

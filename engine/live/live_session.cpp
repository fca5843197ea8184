#include "live/live_session.h"

#include <utility>

namespace pghaul::live {

Result<postgres::Connection> open_session(const discovery::Endpoint& end, postgres::Side side,
                                          const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = end.connection_string();
  if (!server) return fail(server.error());
  return postgres::Connection::open(*server, side, {}, stop);
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

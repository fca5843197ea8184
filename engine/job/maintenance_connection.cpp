#include "job/maintenance_connection.h"

#include <utility>

#include "discovery/endpoints.h"
#include "postgres/sqlstate.h"

namespace pghaul::job {
namespace {

using postgres::Connection;
using postgres::Side;

Result<Connection> connect(const discovery::Options& options, Side side, measure::Events& events,
                           const std::stop_token& stop) {
  Result<std::optional<discovery::Endpoint>> end = discovery::make_endpoint(options, side, events, stop);
  if (!end) return fail(end.error());
  Result<postgres::ConnectionString> server = (*end)->connection_string();
  if (!server) return fail(server.error());
  return Connection::open(*server, side, {}, stop);
}

}  // namespace

Result<MaintenanceConnection> connect_for_maintenance(const discovery::Options& options, Side side,
                                                      std::vector<std::string> databases,
                                                      measure::Events& events, const std::stop_token& stop) {
  if (!options.maintenance_db.empty()) databases = {options.maintenance_db};
  std::string discovery::Options::*const end =
      side == Side::source ? &discovery::Options::source : &discovery::Options::target;
  const Result<postgres::ConnectionString> given = postgres::ConnectionString::parse(options.*end);
  if (!given) return given.error().during(std::string("the ") + postgres::side_name(side));
  discovery::Options other = options;
  for (const std::string& database : databases) {
    other.*end = given->with_database(database).text();
    Result<Connection> connection = connect(other, side, events, stop);
    if (connection) return MaintenanceConnection{std::move(*connection), std::move(other)};
    const std::string& why = connection.error().sqlstate;
    const bool another = why == postgres::kInvalidCatalogName || why == postgres::kInsufficientPrivilege;
    if (!another || &database == &databases.back()) return fail(connection.error());
  }
  return fail(ErrorCode::internal, "no database to connect to was named");
}

}  // namespace pghaul::job

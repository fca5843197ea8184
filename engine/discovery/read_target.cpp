#include "discovery/read_target.h"

#include <utility>

#include "catalog/read_catalog.h"
#include "catalog/stakes.h"
#include "discovery/measure_line.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/pooling.h"

namespace pghaul::discovery {

Result<LineMeasurement> read_target(Discovery& found, const Endpoint& end, const std::stop_token& stop) {
  Result<postgres::ConnectionString> where = end.connection_string();
  if (!where) return fail(where.error());
  found.target_string = std::move(*where);
  found.target_link = end.link;
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, {}, stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *target);
  const Status direct = postgres::refuse_shared_sessions(*target, found.target_string);
  if (!direct) return fail(direct.error());
  found.target_description = target->describe();
  found.target_is_here = target->on_this_machine();
  found.target_effective = target->effective();
  const Result<double> round_trip = round_trip_seconds(*target);
  if (!round_trip) return fail(round_trip.error());
  found.lines.target = {.round_trip = *round_trip, .has_far_half = end.link != nullptr};
  Result<catalog::Server> server = catalog::read_server(*target);
  if (!server) return server.error().during("looking at the target");
  found.target = std::move(*server);
  Result<catalog::Contents> contents = catalog::read_contents(*target);
  if (!contents) return contents.error().during("looking at what the target holds");
  found.contents = std::move(*contents);
  const Result<catalog::Stakes> stakes = catalog::read_stakes(*target);
  if (!stakes) return fail(stakes.error());
  found.rows_at_stake = stakes->rows;
  found.others_at_work = stakes->sessions;
  return LineMeasurement(std::move(*target), found.target_is_here, found.lines.target, end.link, stop);
}

}  // namespace pghaul::discovery

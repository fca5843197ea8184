#include "discovery/line_measurement.h"

#include <utility>

#include "discovery/measure_line.h"

namespace pghaul::discovery {

LineMeasurement::LineMeasurement(postgres::Connection server, bool is_here, const plan::NetworkPath& line,
                                 const std::shared_ptr<link::NearHalf>& link, const std::stop_token& stop) {
  if (link ? link->at_one_place() : is_here) return;
  seconds_per_gb_ = std::async(std::launch::async,
                               [server = std::move(server), trip = line.round_trip, link, stop]() mutable {
                                 return line_seconds_per_gb(server, trip, link, stop);
                               });
}

Status LineMeasurement::end(plan::NetworkPath& line) {
  if (!seconds_per_gb_.valid()) return {};
  const Result<double> measured = seconds_per_gb_.get();
  if (measured) line.seconds_per_gb = *measured;
  if (!measured && measured.error().code == ErrorCode::interrupted) return fail(measured.error());
  return {};
}

}  // namespace pghaul::discovery

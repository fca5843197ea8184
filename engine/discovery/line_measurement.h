#pragma once

#include <future>
#include <memory>
#include <stop_token>

#include "base/error.h"
#include "link/near_half.h"
#include "plan/network_paths.h"
#include "postgres/connection.h"

namespace pghaul::discovery {

/// Measures how fast a line is while other things are looked at.
///
/// Ownership  of the connection that it measures with; its destructor waits for the measurement.
/// Threads    one, beside the one that it starts.
class LineMeasurement {
 public:
  /// Measures nothing.
  LineMeasurement() = default;
  /// Begins to measure, unless both ends are at one place. `is_here`: the server is on this machine. `link`:
  /// nullptr where the line is none.
  LineMeasurement(postgres::Connection server, bool is_here, const plan::NetworkPath& line,
                  const std::shared_ptr<link::NearHalf>& link, const std::stop_token& stop);

  /// Waits for the measurement, and puts it into `line`. What kept it from being taken is no error: whoever
  /// needs the line meets it again. Errors  interrupted.
  [[nodiscard]] Status end(plan::NetworkPath& line);

 private:
  std::future<Result<double>> seconds_per_gb_;
};

}  // namespace pghaul::discovery

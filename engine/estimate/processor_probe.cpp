#include "estimate/processor_probe.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <optional>
#include <vector>

#include "base/side_by_side.h"
#include "measure/sample_statistics.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::estimate {
namespace {

constexpr int kAlone = 5;
constexpr int kTogether = 3;
constexpr const char* kBurst =
    "SELECT pg_catalog.count(pg_catalog.md5(i::text)) FROM pg_catalog.generate_series(1, 150000) AS i";

using Clock = std::chrono::steady_clock;

/// Runs a few bursts in a row, each timed by itself: `count`, or fewer, once `until` has come.
Status run_bursts(postgres::Connection& server, int count, Clock::time_point until,
                  std::vector<double>& seconds) {
  for (int i = 0; i < count && (i == 0 || Clock::now() < until); ++i) {
    const auto start = Clock::now();
    const Result<postgres::Rows> done = server.query(kBurst);
    if (!done) return fail(done.error());
    seconds.push_back(measure::seconds_since(start));
  }
  return {};
}

}  // namespace

Result<Cores> measure_cores(const postgres::ConnectionString& server, postgres::Side side, int sessions,
                            std::chrono::duration<double> time, const std::stop_token& stop) {
  const auto half = std::chrono::duration_cast<Clock::duration>(time / 2);
  std::vector<postgres::Connection> connections;
  std::list<postgres::CancelOnStop> cancel_on_stop;
  for (int i = 0; i < std::max(1, sessions); ++i) {
    Result<postgres::Connection> one = postgres::Connection::open(server, side, {}, stop);
    if (!one && i > 0) break;  // the server admits no more
    if (!one) return fail(one.error());
    if (Status limited =
            one->execute("SET statement_timeout = '5s'; SET max_parallel_workers_per_gather = 0");
        !limited) {
      return fail(limited.error());
    }
    cancel_on_stop.emplace_back(stop, *one);
    connections.push_back(std::move(*one));
  }
  std::vector<double> alone;
  if (const Status done = run_bursts(connections.front(), kAlone, Clock::now() + half, alone); !done)
    return fail(done.error());

  std::vector<std::vector<double>> each(connections.size());
  const auto start = Clock::now();
  const Status measured = side_by_side("measuring processors", connections.size(), [&](std::size_t i) {
    return run_bursts(connections[i], kTogether, start + half, each[i]);
  });
  const double together = measure::seconds_since(start);
  if (!measured) return fail(measured.error());
  const auto most = static_cast<double>(connections.size());
  const double one = measure::median(alone);
  double bursts = 0;
  for (const std::vector<double>& of_session : each) bursts += static_cast<double>(of_session.size());
  return Cores{.burst_seconds = one, .cores = std::clamp(bursts * one / together, 0.5, most), .tried = most};
}

}  // namespace pghaul::estimate

#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/silence_timer.h"
#include "crew/worker.h"
#include "measure/bottleneck.h"
#include "measure/progress.h"
#include "postgres/connection.h"

namespace pghaul::crew {

/// Polls both servers for what the workers' sessions wait for. That shows the bottleneck, and finds
/// connections that will never be answered: where pghaul waits for the server, the server waits for pghaul,
/// and no byte has passed for long; or where the server does not even answer this query. It breaks them, so
/// that their tasks are retried.
///
/// Ownership  owns a thread and a connection to each server; none of the workers, which outlive it.
/// Source     PostgreSQL manual, "The Cumulative Statistics System", pg_stat_activity.
class Watchdog {
 public:
  /// Returns the lifelines of the workers' connections to a server.
  using Lifelines = std::function<std::vector<std::shared_ptr<postgres::Lifeline>>(postgres::Side)>;
  /// `stall_after`: how long is too long. `failed`: called, by its thread, when it can't watch any longer.
  Watchdog(const Worker::Endpoints& ends, std::chrono::seconds stall_after, Lifelines lifelines,
           measure::Progress& progress, std::function<void(Error)> failed);

 private:
  using Clock = std::chrono::steady_clock;
  /// A connection whose two sides wait for each other.
  struct Suspect {
    std::uint64_t traffic = 0;
    SilenceTimer silence;  // since its last byte
  };
  /// The watchdog's state for one server.
  struct Watched {
    postgres::Side side;
    std::optional<postgres::Connection> connection;
    SilenceTimer silence;
    std::map<std::shared_ptr<postgres::Lifeline>, Suspect> suspects;
  };

  [[nodiscard]] Status work(const std::stop_token& stop);
  void look(Watched& server, std::vector<measure::Wait>& waits, const std::stop_token& stop);
  [[nodiscard]] Result<postgres::Rows> ask(Watched& server,
                                           const std::vector<std::shared_ptr<postgres::Lifeline>>& lines,
                                           const std::stop_token& stop);
  void judge(Watched& server, const std::vector<std::shared_ptr<postgres::Lifeline>>& lines,
             const std::set<int>& waiting_for_us);

  const Worker::Endpoints* ends_;
  std::chrono::seconds stall_after_;
  Lifelines lifelines_;
  measure::Progress* progress_;
  std::array<Watched, 2> servers_;  // used by the thread only
  std::jthread thread_;             // last: it uses all above
};

}  // namespace pghaul::crew

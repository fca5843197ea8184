#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "measure/events.h"
#include "measure/progress.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::crew {

/// Polls whether sessions of a run wait on one server for others: for a lock that another session holds, or
/// is ahead in the queue for, or for a synchronous standby to confirm a commit. Reports the sessions that
/// they wait for, and gives up when that has lasted for too long.
///
/// Ownership  owns a thread; none of the rest, which outlives it. Between two polls it has no connection.
/// Source     PostgreSQL manual, "System Information Functions", pg_blocking_pids(); "The Cumulative
///            Statistics System", table "Wait Events of Type IPC", SyncRep.
class LockWatch {
 public:
  /// The run's sessions on that server: those whose application_name ends with `mark`, and one by its number,
  /// which may be empty.
  struct Sessions {
    postgres::ConnectionString server;
    postgres::Side side = postgres::Side::target;
    std::string mark;
    std::string one_more;
    std::string run = "copy";  // their purpose
    bool resumes = true;       // another run could resume it
  };
  /// Called at most once, by a thread of its own, with what has been waited for in vain for `limit`, or why
  /// it can't watch any longer.
  using GiveUp = std::function<void(Error)>;
  LockWatch(Sessions sessions, std::chrono::milliseconds limit, measure::Events& events,
            measure::Progress& progress, GiveUp give_up);

 private:
  using Clock = std::chrono::steady_clock;
  /// A session that waits.
  struct Wait {
    Clock::time_point since;
    std::string holders;  // those reported so far
  };
  /// The object and the holder that a session waits for.
  struct Obstacle {
    std::string number;   // the session that holds the lock
    std::string wait;     // "waits on the target for …"
    std::string subject;  // for the display of progress
    std::string remedy;   // what would end the wait
    std::string advice;   // what the operator can do, at the end
  };

  [[nodiscard]] Status work(const std::stop_token& stop);
  [[nodiscard]] Result<postgres::Rows> ask(const std::stop_token& stop) const;
  /// Returns false when it has given up.
  [[nodiscard]] bool look(const postgres::Rows& waits);
  [[nodiscard]] Obstacle obstacle(const postgres::Rows& waits, int row) const;
  void report(const Obstacle& obstacle) const;

  Sessions sessions_;
  std::chrono::milliseconds limit_;
  measure::Events* events_;
  measure::Progress* progress_;
  GiveUp give_up_;
  std::map<std::string, Wait> waits_;  // by the waiting session; used by the thread only
  std::jthread thread_;                // last: it uses all above
};

}  // namespace pghaul::crew

#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/databases.h"
#include "catalog/model.h"
#include "discovery/option_table.h"
#include "discovery/options.h"
#include "discovery/verb_context.h"
#include "job/job.h"
#include "measure/database_events.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// A verb for every database of a server: whole_server_look.cpp finds out which runs there are, run_all()
/// (whole_server.cpp) gives each its share of the workers, whole_server_run.cpp does one.
///
/// Threads  run() one; each run has a thread of its own, which has ended when run() returns.
class WholeServer {
 public:
  WholeServer(discovery::VerbContext context, discovery::Verb verb)
      : context_(context), verb_(verb), events_(context.events) {}

  [[nodiscard]] Status run();
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  /// A run for one database.
  struct Run {
    catalog::DatabaseEntry database;
    double length = 0;  // the time it takes, in bytes that one worker would copy
    int workers = 0;
    std::unique_ptr<Job> job;  // while it runs
    Status done;
    int exit_status = 0;
    bool partial = false;
    std::string report;  // empty: it has not ended
  };

  [[nodiscard]] Status look();
  [[nodiscard]] Status list_runs();
  [[nodiscard]] Status make_roles();
  void run_all();
  void conduct(Run& run);
  [[nodiscard]] Status run_verb(Run& run);
  [[nodiscard]] Status copy(Run& run);
  [[nodiscard]] Result<bool> has_journal(const discovery::Options& options) const;
  [[nodiscard]] Status perform(Run& run, discovery::Verb verb, const discovery::Options& options);
  [[nodiscard]] Result<discovery::Options> options_for(const Run& run) const;
  [[nodiscard]] bool is_on_target(const Run& run) const { return on_target_.contains(run.database.name); }
  /// Tells whether the target is to be given the source's roles, and can be.
  [[nodiscard]] bool makes_roles() const {
    const discovery::Options& options = context_.options;
    return options.roles || options.filters.with_owner || options.filters.with_acl;
  }
  [[nodiscard]] Status outcome();

  discovery::VerbContext context_;
  discovery::Verb verb_;
  measure::DatabaseEvents events_;
  std::optional<postgres::Connection> source_, target_;  // to any of the servers' databases
  catalog::Server target_server_;
  std::set<std::string> on_target_;  // databases
  int workers_ = 1;
  std::vector<std::unique_ptr<Run>> runs_;  // the longest first
  bool touched_ = false;

  std::mutex mutex_;  // over what follows, and Run::job
  std::condition_variable ended_;
  int free_ = 0;     // workers
  double left_ = 0;  // work of runs that have not ended, in bytes
  bool stopped_ = false;
};

/// Runs copy, verify or plan for every database of the source's server, those that take longest first, over
/// one budget of workers; a copy makes the roles before. One that fails keeps none of the others from
/// running. `touched`: something on the target was changed. Errors  usage for options that are of one
/// database; otherwise that of the worst run, and which failed.
[[nodiscard]] Status run_for_all_databases(discovery::VerbContext context, discovery::Verb verb,
                                           bool& touched);

}  // namespace pghaul::job

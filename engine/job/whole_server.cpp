#include "job/whole_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catalog/databases.h"
#include "catalog/read_catalog.h"
#include "discovery/archive_folder.h"
#include "job/exit_status.h"
#include "job/fill_report.h"
#include "job/job.h"
#include "job/maintenance_connection.h"
#include "job/make_roles.h"
#include "journal/journal.h"
#include "measure/database_events.h"
#include "plan/jobs.h"
#include "plan/worker_share.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {
namespace {

using catalog::DatabaseEntry;
using discovery::Options;
using discovery::Verb;
using postgres::Connection;
using postgres::Side;

Status check_options(const Options& options) {
  const auto refused = [](const std::string& what, const std::string& why, const std::string& hint) {
    return fail(ErrorCode::usage, what + " does not go together with --all-databases: " + why, hint);
  };
  if (discovery::archive_folder(options.source) || discovery::archive_folder(options.target)) {
    return refused("an archive", "it holds one database", "write an archive of each database");
  }
  if (options.target.empty()) {
    return fail(ErrorCode::usage, "--all-databases needs both servers", "give SOURCE and TARGET");
  }
  const schema::Filters& filters = options.filters;
  const std::pair<bool, const char*> of_one_database[] = {{!options.source_via.empty(), "--source-via"},
                                                          {!options.target_via.empty(), "--target-via"},
                                                          {options.follow, "--follow"},
                                                          {options.rehearse, "--rehearse"},
                                                          {options.discard, "--discard"},
                                                          {!options.snapshot.empty(), "--snapshot"},
                                                          {!options.rows_file.empty(), "--rows-file"},
                                                          {options.live, "--live"},
                                                          {!filters.schemas.empty(), "-n"},
                                                          {!filters.tables.empty(), "-t"},
                                                          {!filters.extensions.empty(), "-e"},
                                                          {!options.where.empty(), "--where"},
                                                          {options.try_schema, "--try-schema"}};
  for (const auto& [given, name] : of_one_database) {
    if (given) return refused(name, "it is about one database", "leave it out, or name one database");
  }
  return {};
}

/// A run for one database.
struct Run {
  DatabaseEntry database;
  double length = 0;  // the time it takes, in bytes that one worker would copy
  int workers = 0;
  std::unique_ptr<Job> job;  // while it runs
  Status done;
  int exit_status = 0;
  bool partial = false;
  std::string report;  // empty: it has not ended
};

/// Tells by its exit status whether a copy has changed the target.
bool began(int exit_status_of_copy) {
  return exit_status_of_copy != exit_status(ErrorCode::usage, false) &&
         exit_status_of_copy != exit_status(ErrorCode::refused, false) &&
         exit_status_of_copy != exit_status(ErrorCode::connection_failed, false);
}

class WholeServer {
 public:
  WholeServer(discovery::VerbContext context, Verb verb)
      : context_(context), verb_(verb), events_(context.events) {}

  [[nodiscard]] Status run();
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  [[nodiscard]] Status look();
  [[nodiscard]] Status list_runs();
  [[nodiscard]] Status make_roles();
  void run_all();
  void conduct(Run& run);
  [[nodiscard]] Status run_verb(Run& run);
  [[nodiscard]] Status copy(Run& run);
  [[nodiscard]] Result<bool> has_journal(const Options& options) const;
  [[nodiscard]] Status perform(Run& run, Verb verb, const Options& options);
  [[nodiscard]] Result<Options> options_for(const Run& run) const;
  [[nodiscard]] bool is_on_target(const Run& run) const { return on_target_.contains(run.database.name); }
  /// Tells whether the target is to be given the source's roles, and can be.
  [[nodiscard]] bool makes_roles() const {
    const Options& options = context_.options;
    return options.roles || options.filters.with_owner || options.filters.with_acl;
  }
  [[nodiscard]] Status outcome();

  discovery::VerbContext context_;
  Verb verb_;
  measure::DatabaseEvents events_;
  std::optional<Connection> source_, target_;  // to any of the servers' databases
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

Status WholeServer::run() {
  if (Status done = discovery::time_phase(context_, "discover", [&] { return look(); }); !done) return done;
  if (verb_ == Verb::copy) {
    if (Status made = discovery::time_phase(context_, "roles", [&] { return make_roles(); }); !made)
      return made;
  }
  source_.reset();  // a session of ours would count as one of others in that database
  target_.reset();
  const char* const phase = verb_ == Verb::copy ? "copy" : verb_ == Verb::verify ? "verify" : "plan";
  const Status all = discovery::time_phase(context_, phase, [&]() -> Status {
    run_all();
    return {};
  });
  return all ? outcome() : all;
}

/// Looks at both servers, and lists what is to be done.
Status WholeServer::look() {
  const auto connect = [&](std::optional<Connection>& to, Side side) -> Status {
    const std::string& given = side == Side::source ? context_.options.source : context_.options.target;
    const Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(given);
    if (!server) return server.error().during(std::string("the ") + postgres::side_name(side));
    std::vector<std::string> databases{"postgres", "template1"};
    const auto named = server->keywords().find("dbname");
    if (named != server->keywords().end()) databases.insert(databases.begin(), named->second);
    Result<MaintenanceConnection> connection =
        connect_for_maintenance(context_.options, side, std::move(databases), context_.events, context_.stop);
    if (!connection) return fail(connection.error());
    to.emplace(std::move(connection->connection));
    return {};
  };
  if (Status connected = connect(source_, Side::source); !connected) return connected;
  if (Status connected = connect(target_, Side::target); !connected) return connected;
  const Result<catalog::Server> source = catalog::read_server(*source_);
  if (!source) return fail(source.error());
  Result<catalog::Server> target = catalog::read_server(*target_);
  if (!target) return fail(target.error());
  target_server_ = std::move(*target);
  context_.report.source = described(*source, *source_);
  context_.report.target = described(target_server_, *target_);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int same =
      !source->system_identifier.empty() && source->system_identifier == target_server_.system_identifier;
  workers_ = plan::workers_for_databases(
      plan::wanted_jobs(context_.options.jobs, cores, 0),
      std::min(source->free_connections, target_server_.free_connections) / (1 + same));
  context_.report.jobs = workers_;
  return list_runs();
}

Status WholeServer::list_runs() {
  const Result<std::vector<DatabaseEntry>> there = catalog::list_databases(*target_);
  if (!there) return fail(there.error());
  for (const DatabaseEntry& one : *there) on_target_.insert(one.name);
  const Result<std::vector<DatabaseEntry>> databases = catalog::list_databases(*source_);
  if (!databases) return fail(databases.error());
  context_.report.source->bytes = 0;
  for (const DatabaseEntry& database : *databases) {
    if (!database.closed.empty()) {
      context_.report.left_out.push_back(
          {"database " + shown(catalog::Name{{}, database.name}), database.closed});
      continue;
    }
    context_.report.source->bytes += database.bytes;
    auto run = std::make_unique<Run>();
    run->database = database;
    run->length = static_cast<double>(database.bytes) / workers_;
    const Result<Options> options = options_for(*run);
    if (!options) return fail(options.error());
    const Result<discovery::Endpoint> end =
        discovery::direct_endpoint(options->source, Side::source, *options);
    if (!end) return fail(end.error());
    Result<Connection> inside = Connection::open(end->server, Side::source, {}, context_.stop);
    if (inside) {  // where it can't be, its run says why
      const Result<std::int64_t> largest = catalog::read_largest_table(*inside);
      if (!largest) return fail(largest.error());
      run->length = std::max(run->length, static_cast<double>(*largest));
    }
    runs_.push_back(std::move(run));
  }
  std::ranges::stable_sort(runs_, std::greater<>(), [](const auto& run) { return run->length; });
  return {};
}

/// Makes the roles, unless nothing is to belong to them, nor be granted to them.
Status WholeServer::make_roles() {
  if (!makes_roles()) return {};
  if (!target_server_.may_alter_roles) {
    context_.report.left_out.push_back({"roles", "role " + shown(catalog::Name{{}, target_server_.role}) +
                                                     " may not make any on the target"});
    return {};
  }
  const Result<bool> made =
      make_all_roles(*source_, *target_, target_server_.superuser, context_.report.left_out);
  if (!made) return fail(made.error());
  touched_ = *made;
  return {};
}

/// Runs all that are to be, each with its share of the workers, until the last one has ended.
void WholeServer::run_all() {
  const std::stop_callback stop_all(context_.stop, [this] {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const auto& run : runs_) {
      if (run->job) run->job->stop();
    }
    ended_.notify_all();
  });
  std::vector<std::jthread> threads;
  std::unique_lock lock(mutex_);
  free_ = workers_;
  for (const auto& run : runs_) left_ += static_cast<double>(run->database.bytes);
  for (const auto& run : runs_) {
    ended_.wait(lock, [&] { return free_ > 0 || stopped_; });
    if (stopped_) break;
    run->workers = plan::worker_share(static_cast<double>(run->database.bytes), left_, workers_, free_);
    free_ -= run->workers;
    run->job = std::make_unique<Job>();
    threads.emplace_back([this, &run = *run] { conduct(run); });
  }
  lock.unlock();
  threads.clear();  // joins them
}

/// Does one run, in a thread of its own.
void WholeServer::conduct(Run& run) {
  run.done = guarded("running for one database", [&] { return run_verb(run); });
  const std::lock_guard lock(mutex_);
  run.report = run.job->report();
  run.partial = run.job->partial();
  run.exit_status = run.done ? 0 : exit_status(run.done.error().code, began(run.job->exit_status()));
  run.job.reset();
  free_ += run.workers;
  left_ -= static_cast<double>(run.database.bytes);
  ended_.notify_all();
}

Status WholeServer::run_verb(Run& run) {
  if (verb_ == Verb::copy) return copy(run);
  Result<Options> options = options_for(run);
  if (!options) return fail(options.error());
  if (verb_ == Verb::plan && !is_on_target(run)) options->target.clear();
  return perform(run, verb_, *options);
}

/// Copies, or with --resume goes on with what earlier runs have begun. A database that one of them has
/// completed has no journal any more: it is compared.
Status WholeServer::copy(Run& run) {
  Result<Options> options = options_for(run);
  if (!options) return fail(options.error());
  if (!options->resume) return perform(run, Verb::copy, *options);
  const Result<bool> begun = is_on_target(run) ? has_journal(*options) : Result<bool>(false);
  if (!begun) return fail(begun.error());
  options->resume = *begun;
  if (!*begun) options->confirm.clear();  // what an earlier run has completed is compared, not dropped
  Status copied = perform(run, Verb::copy, *options);
  const bool holds_something = std::ranges::any_of(run.job->findings(), [](const auto& finding) {
    return finding.code == "target_not_empty" || finding.code == "rows_on_target";
  });
  if (copied || *begun || !holds_something) return copied;
  if (options->verify == verify::Mode::none) options->verify = verify::Mode::counts;
  return perform(run, Verb::verify, *options);
}

Result<bool> WholeServer::has_journal(const Options& options) const {
  const Result<discovery::Endpoint> end = discovery::direct_endpoint(options.target, Side::target, options);
  if (!end) return fail(end.error());
  Result<Connection> target = Connection::open(end->server, Side::target, {}, context_.stop);
  if (!target) return fail(target.error());
  const Result<std::optional<journal::Journal>> found = journal::Journal::find(*target);
  if (!found) return fail(found.error());
  return found->has_value();
}

Status WholeServer::perform(Run& run, Verb verb, const Options& options) {
  Job& job = *run.job;
  job.options = options;
  if (!context_.events.unheard()) {
    job.listener = [this, &run](const std::string& event) { events_.take(run.database.name, event); };
  }
  if (verb == Verb::copy) return job.copy();
  return verb == Verb::verify ? job.verify() : job.plan();
}

/// Returns the options of a run for this database alone.
Result<Options> WholeServer::options_for(const Run& run) const {
  Options options = context_.options;
  for (std::string Options::*end : {&Options::source, &Options::target}) {
    const Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(options.*end);
    if (!server) return fail(server.error());
    options.*end = server->with_database(run.database.name).text();
  }
  options.all_databases = false;
  options.jobs = run.workers;
  options.create = verb_ == Verb::copy;
  options.roles = verb_ == Verb::plan && makes_roles();  // of a copy they have been made
  return options;
}

/// Fills the report, and returns the failure to act on first: one that left a database without its copy, or
/// else a difference.
Status WholeServer::outcome() {
  const Run* worst = nullptr;
  std::size_t failed = 0;
  std::string list;
  for (const auto& run : runs_) {
    if (run->report.empty()) continue;  // stopped before it began
    if (verb_ == Verb::copy) touched_ = touched_ || began(run->exit_status);
    context_.report.databases.push_back({run->database.name, run->report, run->exit_status});
    context_.report.partial = context_.report.partial || run->partial;
    if (run->done) continue;
    ++failed;
    const Error& error = run->done.error();
    list += fmt::format("\n  {}: {}", shown(catalog::Name{{}, run->database.name}), error.message);
    const bool graver = worst == nullptr || (worst->done.error().code == ErrorCode::mismatch &&
                                             error.code != ErrorCode::mismatch);
    if (graver) worst = run.get();
  }
  const bool cut_short =
      std::ranges::any_of(runs_, [](const auto& run) { return run->report.empty() || !run->done; });
  if (cut_short && context_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (worst == nullptr) return {};
  Error error = worst->done.error();
  const char* const what = verb_ == Verb::copy     ? "were not copied"
                           : verb_ == Verb::verify ? "are not equal, or could not be compared"
                                                   : "could not be copied like this";
  error.message =
      fmt::format("{} of {} databases {}:{}", failed, context_.report.databases.size(), what, list);
  if (verb_ == Verb::copy && touched_) {
    error.hint =
        "follow what the report says of each (--report), then give the same command with --resume: it copies "
        "what is missing, and compares what is complete";
  }
  error.object = worst->database.name;
  return fail(std::move(error));
}

}  // namespace

Status run_for_all_databases(discovery::VerbContext context, Verb verb, bool& touched) {
  if (Status possible = check_options(context.options); !possible) return possible;
  WholeServer server(context, verb);
  Status done = server.run();
  touched = server.touched();
  return done;
}

}  // namespace pghaul::job

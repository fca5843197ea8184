#include "job/whole_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "job/check_options.h"
#include "job/exit_status.h"
#include "plan/worker_share.h"

namespace pghaul::job {
namespace {

/// Tells by its exit status whether a copy has changed the target.
bool began(int exit_status_of_copy) {
  return exit_status_of_copy != exit_status(ErrorCode::usage, false) &&
         exit_status_of_copy != exit_status(ErrorCode::refused, false) &&
         exit_status_of_copy != exit_status(ErrorCode::connection_failed, false);
}

}  // namespace

using discovery::Verb;

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

Status run_for_all_databases(discovery::VerbContext context, Verb verb, bool& touched) {
  if (Status possible = check_all_databases(context.options); !possible) return possible;
  WholeServer server(context, verb);
  Status done = server.run();
  touched = server.touched();
  return done;
}

}  // namespace pghaul::job

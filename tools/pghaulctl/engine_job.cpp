#include "engine_job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "acting_as.h"
#include "alarm.h"
#include "host.h"
#include "pghaul/job.h"
#include "pghaul/live_output.h"
#include "pghaul/signals.h"

namespace pghaul::platform {

namespace {

/// Returns the command of the half of a link that runs as the owner of a database's cluster; empty: it needs
/// none.
std::string via(const Member& member) {
  if (!member.cluster) return {};
  const std::string owner = std::to_string(member.cluster->owner);
  if (!member.host.empty()) return *far_command(member.host, {"as", owner});
  if (::geteuid() != 0) return {};
  const std::string us = std::filesystem::read_symlink("/proc/self/exe");
  return fmt::format("'{}' serve-host as {}", us, owner);
}

}  // namespace

EngineRun between(Changeover& changeover) {
  Member& old = changeover.back ? changeover.target() : changeover.source();
  Member& next = changeover.back ? changeover.source() : changeover.target();
  EngineRun run = between(old, next);
  run.signals = changeover.signals;
  run.deadline = changeover.deadline;
  return run;
}

EngineRun between(const Member& source, const Member& target) {
  EngineRun run{.source = source.connection_string, .target = target.connection_string};
  if (source.host.empty() && target.host.empty()) {
    run.owner = source.owner();
  } else {
    run.source_via = via(source);
    run.target_via = via(target);
  }
  return run;
}

/// Acts as the owner of both clusters: so do pg_dump and pg_restore, which the engine starts.
EngineResult run_engine(const EngineRun& run, command::Verb verb,
                        const std::vector<command::Setting>& settings) {
  const ActingAs owner(run.owner);
  const command::Options options{.verb = verb};
  command::LiveOutput output(options, command::style_of(STDERR_FILENO), *command::EventFile::open(""));
  command::Job* running = nullptr;
  command::Job job([&](std::string_view event) {
    output.take(event);
    if (run.stops && run.stops(nlohmann::json::parse(event, nullptr, false))) running->stop();
  });
  running = &job;
  std::vector<command::Setting> all{{"source", run.source}, {"target", run.target}};
  if (!run.source_via.empty()) all.push_back({"source-via", run.source_via});
  if (!run.target_via.empty()) all.push_back({"target-via", run.target_via});
  all.insert(all.end(), settings.begin(), settings.end());
  for (const command::Setting& setting : all) {
    if (const auto set = job.set(setting); !set)
      return {PGHAUL_EXIT_USAGE, set.error().message, set.error().hint, {}};
  }
  run.signals->on_first([&job] { job.stop(); });
  const auto done = [&] {
    const Alarm alarm(run.deadline, [&job] { job.stop(); });
    return job.run(verb);
  }();
  run.signals->forget();
  output.clear();
  EngineResult result{job.exit_status(), {}, {}, nlohmann::json::parse(job.report(), nullptr, false)};
  if (!done) {
    result.message = done.error().message;
    result.hint = done.error().hint;
  }
  return result;
}

}  // namespace pghaul::platform

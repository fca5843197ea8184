#include "engine_job.h"

#include <unistd.h>

#include "acting_as.h"
#include "alarm.h"
#include "pghaul/job.h"
#include "pghaul/live_output.h"
#include "pghaul/signals.h"

namespace pghaul::platform {

EngineRun between(Changeover& changeover) {
  Member& old = changeover.back ? changeover.target() : changeover.source();
  Member& next = changeover.back ? changeover.source() : changeover.target();
  return {.owner = old.owner(),
          .source = old.connection_string,
          .target = next.connection_string,
          .signals = changeover.signals,
          .deadline = changeover.deadline};
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

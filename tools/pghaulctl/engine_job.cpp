#include "engine_job.h"

#include <unistd.h>

#include "acting_as.h"
#include "alarm.h"
#include "pghaul/job.h"
#include "pghaul/live_output.h"
#include "pghaul/signals.h"

namespace pghaul::platform {

/// Acts as the owner of both clusters: so do pg_dump and pg_restore, which the engine starts.
EngineResult run_engine(Changeover& changeover, command::Verb verb,
                        const std::vector<command::Setting>& settings) {
  const ActingAs owner(changeover.source().owner());
  const command::Options options{.verb = verb};
  command::LiveOutput output(options, command::style_of(STDERR_FILENO), *command::EventFile::open(""));
  command::Job job([&output](std::string_view event) { output.take(event); });
  std::vector<command::Setting> all{{"source", changeover.source().connection_string},
                                    {"target", changeover.target().connection_string}};
  all.insert(all.end(), settings.begin(), settings.end());
  for (const command::Setting& setting : all) {
    if (const auto set = job.set(setting); !set)
      return {PGHAUL_EXIT_USAGE, set.error().message, set.error().hint, {}};
  }
  changeover.signals->on_first([&job] { job.stop(); });
  const auto done = [&] {
    const Alarm alarm(changeover.deadline, [&job] { job.stop(); });
    return job.run(verb);
  }();
  changeover.signals->forget();
  output.clear();
  EngineResult result{job.exit_status(), {}, {}, nlohmann::json::parse(job.report(), nullptr, false)};
  if (!done) {
    result.message = done.error().message;
    result.hint = done.error().hint;
  }
  return result;
}

}  // namespace pghaul::platform

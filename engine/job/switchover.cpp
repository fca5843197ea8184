#include "job/switchover.h"

#include <fmt/format.h>

#include <utility>

#include "base/guard.h"
#include "fencing/remove_all.h"
#include "live/session.h"

namespace pghaul::job {
namespace {

using postgres::Side;

}  // namespace

Switchover::Switchover(const discovery::VerbContext& context)
    : options_(context.options),
      ends_(context.ends),
      context_{options_, ends_, context.stop, context.timeline, context.events, context.report},
      report_(context_.report.switchover.emplace()) {
  report_.state = "open";
}

Switchover::~Switchover() = default;

/// Runs a step, and records it.
Status Switchover::step(const char* name, const std::function<Status()>& work) {
  const double start = context_.timeline.now();
  Status done = guarded(std::string("in step ") + name, work);
  const double seconds = context_.timeline.now() - start;
  report_.steps.push_back({.name = name,
                           .attempt = attempt_,
                           .at = start,
                           .seconds = seconds,
                           .failure = done ? std::string() : done.error().message});
  context_.events.switchover(name, attempt_, seconds);
  context_.timeline.record(name, name, -1, start);
  return done;
}

Status Switchover::run() {
  Status done = guarded("switching over", [&] { return run_phases(); });
  if (!touched_ && prepared_) clean_up();
  return done;
}

Status Switchover::run_phases() {
  if (Status looked = step("look", [&] { return look(); }); !looked) return looked;
  if (report_.state == "open") {
    if (Status confirmed = confirm(); !confirmed) return confirmed;
    if (Status ready = step("ready", [&] { return get_ready(); }); !ready) return ready;
    if (context_.options.prove_first) {
      if (Status proved = step("prove first", [&] { return prove_first(); }); !proved) return proved;
    }
    if (Status decided = attempt_all(); !decided) return decided;
  }
  attempt_ = 0;
  if (report_.state == "rehearsed") {
    report_.forecast_seconds = report_.hold_seconds;
    return {};
  }
  Status opened = step("open", [&] { return open_target(); });
  if (report_.state != "switched") return opened;
  lock_.reset();  // one back need not wait for the comparison
  const Status proved = prove();
  return opened ? proved : opened;
}

/// Asks for the target's name, as a copy does that empties it.
Status Switchover::confirm() {
  const std::string name = target_->database();
  if (context_.options.rehearse || context_.options.confirm == name) return {};
  context_.report.findings.push_back(
      {"refusal", "switchover_not_confirmed", "",
       fmt::format("the application would be moved from {} to {}", source_->describe(), target_text_),
       fmt::format("to confirm, name the target database: --confirm {}", name)});
  return fail(ErrorCode::refused, "the switchover is not confirmed",
              fmt::format("to confirm, name the target database: --confirm {}", name));
}

void Switchover::note_blockers(double seconds) {
  const std::vector<std::int64_t> own{source_->session()};
  Result<std::vector<fencing::Blocker>> blockers = fencing::find_blockers(*source_, relations_, seconds, own);
  if (!blockers) return;
  blockers_ = std::move(*blockers);
  report_.blockers.clear();
  for (const fencing::Blocker& blocker : blockers_) report_.blockers.push_back(blocker.text);
}

/// Removes what was made on the source, which is not to stay for long.
void Switchover::clean_up() {
  context_.stop = {};
  source_.reset();
  Status removed = live::ensure_session(source_, *context_.ends.source, Side::source, {});
  if (removed) removed = fencing::remove_all(*source_, turns_.forward);
  const Status dropped = way_back_ ? live::WayBack::drop(context_.ends, {}) : Status();
  if (removed) removed = dropped;
  if (removed) return;
  context_.events.warning(
      "what the switchover made could not be removed: " + removed.error().message,
      "it lets all writes pass; the next switchover uses it, and pghaul abandon removes it", {});
}

}  // namespace pghaul::job

#include "job/switchover.h"

#include "fencing/client_sessions.h"
#include "fencing/remove_all.h"
#include "follow/set_aside.h"
#include "job/switchover_hook.h"
#include "job/verify_databases.h"
#include "live/session.h"

namespace pghaul::job {
namespace {

using postgres::Side;

constexpr std::chrono::seconds kHookLimit{60};

}  // namespace

/// Makes the target ready for its first writer; a switchover back also opens what an earlier one has closed.
Status Switchover::open_target() {
  if (Status there = live::ensure_session(target_, *context_.ends.target, Side::target, {}); !there)
    return there;
  if (Status restored = follow::SetAside(schema_).restore(*target_); !restored) return restored;
  if (Status open = fencing::Fence(turns_.back).open_again(*target_); !open) return open;
  report_.state = "switched";
  if (Status told = run_on_open("switched"); !told) return told;
  if (context_.options.end_sessions) end_sessions();
  const Status removed = fencing::remove_all(*target_, turns_.back);
  if (!removed) {
    context_.events.warning(removed.error().message, "it lets all writes pass; pghaul finish removes it", {});
  }
  return {};
}

Status Switchover::run_on_open(const char* state) {
  if (context_.options.on_open.empty()) return {};
  if (Status there = live::ensure_session(source_, *context_.ends.source, Side::source, {}); !there)
    return there;
  Status done = run_hook(context_.options.on_open, state, *source_, *target_, kHookLimit, context_.stop);
  if (!done) return done.error().during("--on-open");
  return {};
}

/// Ends what clients still have on the server that is closed, but for sessions of pghaul, which follow and
/// compare. The switchover is complete without it.
void Switchover::end_sessions() {
  std::int64_t& ended = report_.ended_sessions.emplace(0);
  const Status done = [&]() -> Status {
    if (Status there = live::ensure_session(source_, *context_.ends.source, Side::source, {}); !there)
      return there;
    std::vector<std::int64_t> own;
    if (source_snapshot_) own.push_back(source_snapshot_->session());
    const Result<postgres::Rows> name =
        source_->query("SELECT pg_catalog.current_setting('application_name')");
    if (!name) return fail(name.error());
    Result<std::vector<fencing::ClientSession>> sessions = fencing::list_client_sessions(*source_, own);
    if (!sessions) return fail(sessions.error());
    std::erase_if(*sessions, [&](const fencing::ClientSession& one) {
      return one.application.starts_with("pghaul") || one.application.starts_with(name->string(0, 0));
    });
    return fencing::end_client_sessions(*source_, *sessions, ended);
  }();
  if (done) return;
  context_.events.warning(
      done.error().message,
      "end them yourself, or use a role that may: a superuser, or a member of pg_signal_backend", {});
}

/// Compares every row of both servers, as they were when the source had been written to for the last time.
Status Switchover::prove() {
  if (context_.options.verify == verify::Mode::none) return {};
  if (!snapshots_) {  // the run that decided was interrupted, and took its snapshots with it
    context_.report.findings.push_back({"warning", "switchover_not_proved", "",
                                        "the rows were not compared, as the run that decided was interrupted",
                                        "pghaul verify compares what the application has not written since"});
    return {};
  }
  const LeftOuts not_carried = context_.report.left_out;
  Status compared = compare_live(context_, {.snapshots = snapshots_, .with_views = false});
  context_.report.left_out.insert(context_.report.left_out.begin(), not_carried.begin(), not_carried.end());
  if (!compared) return compared;
  report_.proved = context_.options.verify == verify::Mode::checksums && context_.report.left_out.empty();
  return {};
}

}  // namespace pghaul::job

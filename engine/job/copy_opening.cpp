#include "job/copy.h"

#include <algorithm>

#include "job/settings_at_the_end.h"

namespace pghaul::job {

/// Makes what the application must find besides rows and what the tasks before the opening make.
Status Copy::prepare_opening(bool again) {
  if (Status restored = schema_->restore(found_.sections.at_opening, again); !restored) return restored;
  if (Status set = set_database_settings(found_, context_); !set) return set;
  if (work_->verify() == verify::Mode::none) return {};
  const Result<compare::Mismatches> different =
      compare::sequence_mismatches(results_->sequences, found_, context_.report.left_out, context_.stop);
  if (!different) return fail(different.error());
  if (different->empty()) return {};
  return fail(ErrorCode::refused,
              different->front().object +
                  " differs, so the application was not let in: " + different->front().message);
}

/// Holds the target's state again, as the one of the opening ended with an earlier run. Once everything has
/// been read back, nothing may be held: indexes would wait for it.
Status Copy::hold_opened_state() {
  const std::vector<plan::Task>& tasks = found_.plan.graph.tasks;
  const auto release = std::ranges::find(tasks, plan::TaskKind::release_opening, &plan::Task::kind);
  if (release == tasks.end() || results_->journalled[release->id]) return {};
  Result<discovery::SourceHold> hold =
      discovery::SourceHold::open(found_.target_string, postgres::Side::target, {}, context_.stop);
  if (!hold) return fail(hold.error());
  opened_state_.emplace(std::move(*hold));
  results_->target.snapshot = opened_state_->snapshot();
  return {};
}

}  // namespace pghaul::job

#include "plan/split.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"

namespace pghaul::plan {

namespace {

constexpr double kTooLong = 0.75;  // fraction of an even share
constexpr std::int64_t kSmallestPart = 64_MiB;

}  // namespace

Split::Split(const TaskGraph& whole, const catalog::Catalog& source, int jobs)
    : whole_(&whole), source_(&source), jobs_(jobs), remaining_(whole.remaining_paths()) {
  double work = 0;
  for (TaskId id = 0; id < whole.tasks.size(); ++id) {
    if (whole.tasks[id].kind == TaskKind::post_data) {
      tail_ = remaining_[id];
      break;  // only refreshes and what they need come later
    }
    work += whole.tasks[id].seconds;
  }
  share_ = work / jobs;
}

std::uint32_t Split::parts(TaskId copy) const {
  const Task& task = whole_->tasks[copy];
  if (jobs_ == 1 || task.objects.size() != 1) return 1;
  if (source_->server.version < kFirstWithTidRangeScan) return 1;
  const catalog::Relation& table = source_->relations[task.objects[0]];
  // An extension's table may hold rows of its own on the target: only a single task can tell them apart.
  if (!table.extension.empty() || remaining_[copy] - tail_ <= kTooLong * share_) return 1;

  const std::int64_t most = (table.heap_bytes + table.toast_bytes) / kSmallestPart;
  const auto wanted = static_cast<std::int64_t>(std::ceil(4 * task.seconds / share_));
  const std::int64_t rounds = (wanted + jobs_ - 1) / jobs_;
  const std::int64_t even = std::min(rounds, most / jobs_) * jobs_;
  const std::int64_t parts = wanted < 2 ? 1 : std::max(even, std::min<std::int64_t>(most, jobs_));
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(parts, 1, std::max<std::uint32_t>(table.heap_pages, 1)));
}

}  // namespace pghaul::plan

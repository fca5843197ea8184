#include "tasks/read_task.h"

#include <chrono>
#include <optional>
#include <utility>

#include "crew/worker.h"
#include "measure/sample_statistics.h"
#include "tasks/read_digest.h"
#include "tasks/row_source.h"
#include "tasks/target_state.h"
#include "tasks/task_log.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

/// Returns how many blocks the relation had at the opening, where an application lets it grow since then.
std::optional<std::uint32_t> known_pages(const TargetState& state, const plan::Task& task,
                                         catalog::Place place) {
  const auto known = state.pages.find(place);
  return task.online && known != state.pages.end() ? std::optional(known->second) : std::nullopt;
}

}  // namespace

Status read_source(crew::Worker& worker, const RowSource& source, TaskLog& log, const plan::Task& task) {
  const Result<journal::DoneEntries> lines = source.digests(worker, task);
  if (!lines) return fail(lines.error());
  return log.journal_done(worker, task, *lines);
}

Status read_back_rows(crew::Worker& worker, const WorkPlan& work, const TargetState& state, TaskLog& log,
                      const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::optional<postgres::Transaction> reading;
  if (state.snapshot) {
    Result<postgres::Transaction> begun = state.snapshot->begin(**target);
    if (!begun) return fail(begun.error());
    reading.emplace(std::move(*begun));
  }
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    const auto start = std::chrono::steady_clock::now();
    const Result<verify::Digest> digest =
        digest_of_relation(worker.buffer(), **target, work, task, place, known_pages(state, task, place));
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, measure::seconds_since(start)});
  }
  reading.reset();  // it can't write
  return log.journal_done(worker, task, lines);
}

Status read_back_large_objects(crew::Worker& worker, const WorkPlan& work, const TargetState& state,
                               TaskLog& log, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const catalog::Place range = task.objects.front();
  Result<verify::Digest> digest;
  {
    const Result<postgres::Transaction> reading =  // descriptors of large objects live in a transaction
        state.snapshot ? state.snapshot->begin(**target)
                       : Result<postgres::Transaction>(postgres::Transaction::begin(**target));
    if (!reading) return fail(reading.error());
    digest = digest_of_large_objects(worker.buffer(), **target, work.source(), range);
  }
  if (!digest) return fail(digest.error());
  return log.journal_done(worker, task, {{range, *digest, 0}});
}

}  // namespace pghaul::tasks

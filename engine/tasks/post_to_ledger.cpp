#include "tasks/post_to_ledger.h"

#include <algorithm>

#include "tasks/copy_sql.h"

namespace pghaul::tasks {
namespace {

/// Returns the place of the key's index. Seconds of an index are those of its building and of its becoming a
/// constraint.
catalog::Place index_of(const catalog::Catalog& source, catalog::Place key) {
  const auto found =
      std::ranges::find(source.indexes, source.constraints[key].index, &catalog::IndexInfo::oid);
  return static_cast<catalog::Place>(found - source.indexes.begin());
}

void post_sent(const WorkPlan& work, const journal::DoneEntry& line, Results& results,
               measure::Progress& progress) {
  const std::uint32_t parts = results.ledger.sent(line.object, line.digest, line.seconds);
  if (parts == work.table(line.object)->chunks) progress.tables_done.add(1);
}

void post(const WorkPlan& work, const plan::Task& task, const journal::DoneEntry& line, Results& results,
          measure::Progress& progress) {
  using plan::TaskKind;
  switch (task.kind) {
    case TaskKind::copy:
      if (freezes(task, *work.table(line.object), work.relation(line.object)))
        results.frozen[line.object] = 1;
      return post_sent(work, line, results, progress);
    case TaskKind::read_source:
      return post_sent(work, line, results, progress);
    case TaskKind::statistics:
      results.carried[line.object] = 1;
      return;
    case TaskKind::read_back:
      return results.ledger.came_back(line.object, line.digest);
    case TaskKind::read_source_computed:
      return results.ledger.computed_sent(line.object, line.digest);
    case TaskKind::read_back_computed:
      return results.ledger.computed_came_back(line.object, line.digest);
    case TaskKind::large_objects:
    case TaskKind::large_objects_read_source:
      return results.ledger.large_objects_sent(line.digest);
    case TaskKind::large_objects_read_back:
      return results.ledger.large_objects_came_back(line.digest);
    case TaskKind::index:
      progress.indexes_done.add(1);
      results.index_seconds[line.object] += line.seconds;
      return;
    case TaskKind::keys:
      results.index_seconds[index_of(work.source(), line.object)] += line.seconds;
      return;
    case TaskKind::open:
      results.target.pages[line.object] = static_cast<std::uint32_t>(line.digest.rows);
      return;
    case TaskKind::large_object_properties:
    case TaskKind::sequences:
    case TaskKind::attach_indexes:
    case TaskKind::foreign_key:
    case TaskKind::validate:
    case TaskKind::read_statistics:
    case TaskKind::analyze:
    case TaskKind::post_data:
    case TaskKind::refresh:
    case TaskKind::release_opening:
      return;
  }
}

}  // namespace

void post_to_ledger(const WorkPlan& work, const plan::Task& task, const journal::DoneEntries& lines,
                    Results& results, measure::Progress& progress) {
  for (const journal::DoneEntry& line : lines) {
    if (line.object != catalog::kNone) post(work, task, line, results, progress);
  }
}

}  // namespace pghaul::tasks

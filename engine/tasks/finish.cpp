#include "tasks/finish.h"

#include <algorithm>

#include "tasks/copy_sql.h"
#include "tasks/tasks.h"
#include "tasks/unlogged.h"

namespace pghaul::tasks {
namespace {

/// Seconds of an index are those of its building and of its becoming a constraint.
void enter_index(Run& run, catalog::Place index, double seconds) {
  run.index_seconds[index] += seconds;
}

void enter_key(Run& run, catalog::Place key, double seconds) {
  const std::vector<catalog::IndexInfo>& indexes = run.source->indexes;
  const auto found = std::ranges::find(indexes, run.source->constraints[key].index, &catalog::IndexInfo::oid);
  enter_index(run, static_cast<catalog::Place>(found - indexes.begin()), seconds);
}

void enter_sent(Run& run, const journal::TaskLine& line) {
  const std::uint32_t parts = run.ledger->sent(line.object, line.digest, line.seconds);
  if (parts == run.table_plans[line.object]->chunks) run.progress->tables_done.add(1);
}

void enter_line(Run& run, const plan::Task& task, const journal::TaskLine& line) {
  using plan::TaskKind;
  switch (task.kind) {
    case TaskKind::copy:
      if (freezes(task, *run.table_plans[line.object], run.relation(line.object)))
        run.frozen[line.object] = 1;
      return enter_sent(run, line);
    case TaskKind::read_source:
      return enter_sent(run, line);
    case TaskKind::statistics:
      run.carried[line.object] = 1;
      return;
    case TaskKind::read_back:
      return run.ledger->came_back(line.object, line.digest);
    case TaskKind::read_source_computed:
      return run.ledger->computed_sent(line.object, line.digest);
    case TaskKind::read_back_computed:
      return run.ledger->computed_came_back(line.object, line.digest);
    case TaskKind::large_objects:
    case TaskKind::large_objects_read_source:
      return run.ledger->large_objects_sent(line.digest);
    case TaskKind::large_objects_read_back:
      return run.ledger->large_objects_came_back(line.digest);
    case TaskKind::index:
      run.progress->indexes_done.add(1);
      return enter_index(run, line.object, line.seconds);
    case TaskKind::keys:
      return enter_key(run, line.object, line.seconds);
    case TaskKind::open:
      run.opening.pages[line.object] = static_cast<std::uint32_t>(line.digest.rows);
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
    case TaskKind::let_go:
      return;
  }
}

}  // namespace

Status commit(Run& run, const plan::Task& task, postgres::Transaction& work,
              const std::vector<journal::TaskLine>& lines) {
  const Status committed = run.journal == nullptr
                               ? work.commit()
                               : work.commit(run.journal->insert(task.id, lines, lasts(run, task)));
  if (!committed) return committed.error().during("committing " + run.names().describe(task));
  enter(run, task, lines);
  return {};
}

Status commit_work(Run& run, const plan::Task& task, postgres::Transaction& work,
                   const std::vector<Work>& parts) {
  std::vector<std::string> scripts;
  std::vector<catalog::Place> objects;
  for (const Work& part : parts) {
    scripts.push_back(part.script);
    if (part.object != catalog::kNone) objects.push_back(part.object);
  }
  if (run.journal != nullptr) scripts.push_back(run.journal->insert_with_work(task.id, objects));
  const double start = run.timeline->now();
  std::size_t done = 0;
  if (const Status committed = work.commit(std::move(scripts), done); !committed) {
    return committed.error().during(done < parts.size() ? parts[done].cannot
                                                        : "committing " + run.names().describe(task));
  }
  const double seconds_each =
      (run.timeline->now() - start) / static_cast<double>(std::max<std::size_t>(1, objects.size()));
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place object : objects) lines.push_back({object, {}, seconds_each});
  enter(run, task, lines);
  return {};
}

Status record(Run& run, const plan::Task& task, postgres::Connection& target,
              const std::vector<journal::TaskLine>& lines) {
  if (run.journal != nullptr) {
    const Status written = target.execute(run.journal->insert(task.id, lines, lasts(run, task)));
    if (!written) return written.error().during("recording " + run.names().describe(task));
  }
  enter(run, task, lines);
  return {};
}

void enter(Run& run, const plan::Task& task, const std::vector<journal::TaskLine>& lines) {
  for (const journal::TaskLine& line : lines) {
    if (line.object != catalog::kNone) enter_line(run, task, line);
  }
}

}  // namespace pghaul::tasks

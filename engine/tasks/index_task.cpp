#include "tasks/index_task.h"

#include <chrono>
#include <vector>

#include "crew/worker.h"
#include "measure/sample_statistics.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/online.h"
#include "tasks/row_security.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {
namespace {

Status build_online(crew::Worker& worker, postgres::Connection& target, const catalog::Catalog& source,
                    TargetTaskLog& log, const plan::Task& task) {
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = source.indexes[place];
    const auto start = std::chrono::steady_clock::now();
    const Status built = build_concurrently(target, index, source.relations[index.relation]);
    if (!built) return built.error().during("cannot build index " + shown(index.name));
    lines.push_back({place, {}, measure::seconds_since(start)});
  }
  return log.journal_done(worker, task, lines);
}

}  // namespace

Status build_indexes(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                     const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  if (task.online) return build_online(worker, **target, source, log, task);
  postgres::Transaction building = postgres::Transaction::begin(**target);
  if (task.reads_others) obey_row_security(**target);
  std::vector<Script> scripts;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = source.indexes[place];
    scripts.push_back({place, schema::create_index(index, source.relations[index.relation]),
                       "cannot build index " + shown(index.name)});
  }
  return log.commit_scripts(task, building, scripts);
}

Status attach_indexes(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                      const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction attaching = postgres::Transaction::begin(**target);
  if (task.online) wait_briefly_for_locks(**target);
  std::vector<Script> scripts;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& parent = source.indexes[place];
    for (const catalog::IndexInfo& child : source.indexes) {
      if (child.parent != parent.oid) continue;
      scripts.push_back({catalog::kNone, schema::attach_index(parent, child),
                         "cannot attach index " + shown(child.name) + " to " + shown(parent.name)});
    }
  }
  return log.commit_scripts(task, attaching, scripts);
}

}  // namespace pghaul::tasks

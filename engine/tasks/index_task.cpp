#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/finish.h"
#include "tasks/online.h"
#include "tasks/row_security.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {

namespace {

Status build_online(postgres::Connection& target, Run& run, const plan::Task& task) {
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = run.source->indexes[place];
    const double start = run.timeline->now();
    const Status built = build_concurrently(target, index, run.relation(index.relation));
    if (!built) return built.error().during("cannot build index " + shown(index.name));
    lines.push_back({place, {}, run.timeline->now() - start});
  }
  return record(run, task, target, lines);
}

}  // namespace

Status build_indexes(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  if (task.online) return build_online(**target, run, task);
  postgres::Transaction building = postgres::Transaction::begin(**target);
  if (task.reads_others) obey_row_security(**target);
  std::vector<Work> parts;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = run.source->indexes[place];
    parts.push_back({place, schema::create_index(index, run.relation(index.relation)),
                     "cannot build index " + shown(index.name)});
  }
  return commit_work(run, task, building, parts);
}

Status attach_indexes(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction attaching = postgres::Transaction::begin(**target);
  if (task.online) wait_briefly_for_locks(**target);
  std::vector<Work> parts;
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& parent = run.source->indexes[place];
    for (const catalog::IndexInfo& child : run.source->indexes) {
      if (child.parent != parent.oid) continue;
      parts.push_back({catalog::kNone, schema::attach_index(parent, child),
                       "cannot attach index " + shown(child.name) + " to " + shown(parent.name)});
    }
  }
  return commit_work(run, task, attaching, parts);
}

}  // namespace pghaul::tasks

#include <algorithm>
#include <functional>

#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/finish.h"
#include "tasks/online.h"
#include "tasks/row_security.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

std::string described(const Run& run, const catalog::Constraint& constraint) {
  return "constraint " + constraint.name + " of " + shown(run.relation(constraint.relation).name);
}

const catalog::IndexInfo& index_of(const Run& run, const catalog::Constraint& key) {
  return *std::ranges::find(run.source->indexes, key.index, &catalog::IndexInfo::oid);
}

/// In one transaction, a statement for each of the task's constraints.
Status each_constraint(crew::Worker& worker, Run& run, const plan::Task& task, const char* cannot,
                       const std::function<std::string(const catalog::Constraint&)>& statement) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction altering = postgres::Transaction::begin(**target);
  if (task.reads_others) obey_row_security(**target);
  if (task.online) wait_briefly_for_locks(**target);
  std::vector<Work> parts;
  for (const catalog::Place place : task.objects) {
    const catalog::Constraint& constraint = run.source->constraints[place];
    parts.push_back({place, statement(constraint), cannot + described(run, constraint)});
  }
  return commit_work(run, task, altering, parts);
}

}  // namespace

Status add_keys(crew::Worker& worker, Run& run, const plan::Task& task) {
  return each_constraint(worker, run, task, "cannot add ", [&](const catalog::Constraint& key) {
    return schema::add_key(key, run.relation(key.relation), index_of(run, key));
  });
}

Status add_foreign_keys(crew::Worker& worker, Run& run, const plan::Task& task) {
  return each_constraint(worker, run, task, "cannot add ", [&](const catalog::Constraint& key) {
    return schema::add_foreign_key(key, run.relation(key.relation), validated_later(key, *run.source));
  });
}

Status validate_foreign_keys(crew::Worker& worker, Run& run, const plan::Task& task) {
  return each_constraint(worker, run, task, "cannot validate ", [&](const catalog::Constraint& key) {
    return schema::validate_foreign_key(key, run.relation(key.relation));
  });
}

}  // namespace pghaul::tasks

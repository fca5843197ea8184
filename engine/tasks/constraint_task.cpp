#include "tasks/constraint_task.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "crew/worker.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/online.h"
#include "tasks/row_security.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {
namespace {

const catalog::Relation& relation_of(const catalog::Catalog& source, const catalog::Constraint& constraint) {
  return source.relations[constraint.relation];
}

/// Executes a statement for each of the task's constraints, in one transaction.
Status each_constraint(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                       const plan::Task& task, const char* cannot,
                       const std::function<std::string(const catalog::Constraint&)>& statement) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction altering = postgres::Transaction::begin(**target);
  if (task.reads_others) obey_row_security(**target);
  if (task.online) wait_briefly_for_locks(**target);
  std::vector<Script> scripts;
  for (const catalog::Place place : task.objects) {
    const catalog::Constraint& constraint = source.constraints[place];
    scripts.push_back(
        {place, statement(constraint),
         cannot + ("constraint " + constraint.name) + " of " + shown(relation_of(source, constraint).name)});
  }
  return log.commit_scripts(task, altering, scripts);
}

}  // namespace

Status add_keys(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                const plan::Task& task) {
  return each_constraint(worker, source, log, task, "cannot add ", [&](const catalog::Constraint& key) {
    const auto index = std::ranges::find(source.indexes, key.index, &catalog::IndexInfo::oid);
    return schema::add_key(key, relation_of(source, key), *index);
  });
}

Status add_foreign_keys(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                        const plan::Task& task) {
  return each_constraint(worker, source, log, task, "cannot add ", [&](const catalog::Constraint& key) {
    return schema::add_foreign_key(key, relation_of(source, key), validated_later(key, source));
  });
}

Status validate_foreign_keys(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
                             const plan::Task& task) {
  return each_constraint(worker, source, log, task, "cannot validate ", [&](const catalog::Constraint& key) {
    return schema::validate_foreign_key(key, relation_of(source, key));
  });
}

}  // namespace pghaul::tasks

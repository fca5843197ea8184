#include <algorithm>

#include "job/tasks.h"
#include "postgres/transaction.h"
#include "schema/statements.h"

namespace pghaul::job {
namespace {

std::string described(const Run& run, const catalog::Constraint& constraint) {
  return "constraint " + constraint.name + " of " + shown(run.relation(constraint.relation).name);
}

catalog::Place index_of(const Run& run, const catalog::Constraint& key) {
  const auto found = std::ranges::find(run.source->indexes, key.index, &catalog::IndexInfo::oid);
  return static_cast<catalog::Place>(found - run.source->indexes.begin());
}

}  // namespace

Status add_keys(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  Result<postgres::Transaction> adding = postgres::Transaction::begin(**target);
  if (!adding) return fail(adding.error());
  for (const catalog::Place place : task.objects) {
    const catalog::Constraint& key = run.source->constraints[place];
    const catalog::Place index = index_of(run, key);
    const double start = run.timeline->now();
    const Status added =
        (*target)->execute(schema::add_key(key, run.relation(key.relation), run.source->indexes[index]));
    if (!added) return added.error().during("cannot add " + described(run, key));
    run.index_seconds[index] += run.timeline->now() - start;
  }
  const Status committed = adding->commit();
  if (!committed) return committed.error().during("committing " + describe(run, task));
  return {};
}

Status add_foreign_keys(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  for (const catalog::Place place : task.objects) {
    const catalog::Constraint& key = run.source->constraints[place];
    const catalog::Relation& relation = run.relation(key.relation);
    const Status added = (*target)->execute(schema::add_foreign_key(key, relation));
    if (!added) return added.error().during("cannot add " + described(run, key));
    const std::string check = schema::validate_foreign_key(key, relation);
    if (check.empty()) continue;
    const Status valid = (*target)->execute(check);
    if (!valid) return valid.error().during("cannot validate " + described(run, key));
  }
  return {};
}

}  // namespace pghaul::job

#include "job/finish.h"
#include "job/tasks.h"
#include "postgres/quote.h"

namespace pghaul::job {
namespace {

Status analyze_these(postgres::Connection& target, const Run& run,
                     const std::vector<catalog::Place>& relations) {
  std::string tables;
  for (const catalog::Place place : relations) {
    const catalog::Name& name = run.relation(place).name;
    tables += (tables.empty() ? "" : ", ") + postgres::quote(name.schema, name.name);
  }
  return target.execute("ANALYZE " + tables);
}

}  // namespace

/// Statistics that can't be gathered spoil no copy: of a table with foreign children, say, whose server is
/// out of the target's reach.
Status analyze(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Status all = analyze_these(**target, run, task.objects);
  if (all) return record(run, task, **target, {});
  if (all.error().code != ErrorCode::server_error) {
    return all.error().during("cannot analyze " + describe(run, task));
  }
  for (const catalog::Place place : task.objects) {
    const Status one = analyze_these(**target, run, {place});
    if (one) continue;
    const std::string name = shown(run.relation(place).name);
    if (one.error().code != ErrorCode::server_error) return one.error().during("cannot analyze " + name);
    run.omissions->add("statistics of " + name, one.error().message);
  }
  return record(run, task, **target, {});
}

}  // namespace pghaul::job

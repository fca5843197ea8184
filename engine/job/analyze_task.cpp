#include "job/finish.h"
#include "job/tasks.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::job {
namespace {

std::string analyze_sql(const Run& run, const std::vector<catalog::Place>& relations) {
  std::string tables;
  for (const catalog::Place place : relations) {
    const catalog::Name& name = run.relation(place).name;
    tables += (tables.empty() ? "" : ", ") + postgres::quote(name.schema, name.name);
  }
  return "ANALYZE " + tables;
}

}  // namespace

/// Statistics that can't be gathered spoil no copy: of a table with foreign children, say, whose server is
/// out of the target's reach.
Status analyze(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  {
    postgres::Transaction analyzing = postgres::Transaction::begin(**target);
    const Work work{.script = analyze_sql(run, task.objects),
                    .cannot = "cannot analyze " + describe(run, task)};
    Status all = commit_work(run, task, analyzing, {work});
    if (all || all.error().code != ErrorCode::server_error) return all;
  }
  for (const catalog::Place place : task.objects) {
    const Status one = (*target)->execute(analyze_sql(run, {place}));
    if (one) continue;
    const std::string name = shown(run.relation(place).name);
    if (one.error().code != ErrorCode::server_error) return one.error().during("cannot analyze " + name);
    run.omissions->add("statistics of " + name, one.error().message);
  }
  return record(run, task, **target, {});
}

}  // namespace pghaul::job

#include "job/tasks.h"
#include "postgres/quote.h"

namespace pghaul::job {

Status analyze(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::string tables;
  for (const catalog::Place place : task.objects) {
    const catalog::Name& name = run.relation(place).name;
    tables += (tables.empty() ? "" : ", ") + postgres::quote(name.schema, name.name);
  }
  const Status analyzed = (*target)->execute("ANALYZE " + tables);
  if (!analyzed) return analyzed.error().during("cannot analyze " + describe(run, task));
  return {};
}

}  // namespace pghaul::job

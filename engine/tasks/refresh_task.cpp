#include "tasks/refresh_task.h"

#include "crew/worker.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/row_security.h"
#include "tasks/target_task_log.h"

namespace pghaul::tasks {

Status refresh(crew::Worker& worker, const catalog::Catalog& source, TargetTaskLog& log,
               const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  postgres::Transaction refreshing = postgres::Transaction::begin(**target);
  obey_row_security(**target);
  for (const catalog::Place place : task.objects) {
    const catalog::Name& name = source.relations[place].name;
    const Status refreshed =
        (*target)->execute("REFRESH MATERIALIZED VIEW " + postgres::quote(name.schema, name.name));
    if (!refreshed) return refreshed.error().during("cannot refresh materialized view " + shown(name));
  }
  return log.commit_task(task, refreshing, {});
}

}  // namespace pghaul::tasks

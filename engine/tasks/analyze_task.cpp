#include "tasks/analyze_task.h"

#include "crew/worker.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/omissions.h"
#include "tasks/row_security.h"
#include "tasks/target_task_log.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

std::string analyze_sql(const postgres::Connection& target, const catalog::Catalog& source,
                        const std::vector<catalog::Place>& relations) {
  // From PostgreSQL 18 on it would include partitions and children, which have tasks of their own.
  const std::string only = target.version() >= 180000 ? "ONLY " : "";
  std::string tables;
  for (const catalog::Place place : relations) {
    const catalog::Name& name = source.relations[place].name;
    tables += (tables.empty() ? "" : ", ") + only + postgres::quote(name.schema, name.name);
  }
  return "ANALYZE " + tables;
}

Status analyze_each(postgres::Connection& target, const catalog::Catalog& source,
                    const std::vector<catalog::Place>& relations, Omissions& omissions) {
  for (const catalog::Place place : relations) {
    const Status one = target.execute(analyze_sql(target, source, {place}));
    if (one) continue;
    const std::string name = shown(source.relations[place].name);
    if (one.error().code != ErrorCode::server_error) return one.error().during("cannot analyze " + name);
    omissions.add("statistics of " + name, one.error().message);
  }
  return {};
}

}  // namespace

Status analyze_relations(postgres::Connection& target, const catalog::Catalog& source,
                         const std::vector<catalog::Place>& relations, Omissions& omissions) {
  if (relations.empty()) return {};
  Status all = target.execute(analyze_sql(target, source, relations));
  if (all || all.error().code != ErrorCode::server_error) return all;
  return analyze_each(target, source, relations, omissions);
}

Status analyze(crew::Worker& worker, const WorkPlan& work, TargetTaskLog& log, Omissions& omissions,
               const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  {
    postgres::Transaction analyzing = postgres::Transaction::begin(**target);
    obey_row_security(**target);  // functions in an index's expressions need it
    const Script script{.sql = analyze_sql(**target, work.source(), task.objects),
                        .cannot = "cannot analyze " + work.describe(task)};
    Status all = log.commit_scripts(task, analyzing, {script});
    if (all || all.error().code != ErrorCode::server_error) return all;
  }
  if (Status each = analyze_each(**target, work.source(), task.objects, omissions); !each) return each;
  return log.journal_done(worker, task, {});
}

}  // namespace pghaul::tasks

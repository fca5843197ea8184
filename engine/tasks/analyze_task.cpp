#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/analyze.h"
#include "tasks/finish.h"
#include "tasks/row_security.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

std::string analyze_sql(const Run& run, const std::vector<catalog::Place>& relations) {
  // From PostgreSQL 18 on it would go down to partitions and children, which have tasks of their own.
  const std::string only = run.target_version >= 180000 ? "ONLY " : "";
  std::string tables;
  for (const catalog::Place place : relations) {
    const catalog::Name& name = run.relation(place).name;
    tables += (tables.empty() ? "" : ", ") + only + postgres::quote(name.schema, name.name);
  }
  return "ANALYZE " + tables;
}

Status analyze_each(postgres::Connection& target, Run& run, const std::vector<catalog::Place>& relations) {
  for (const catalog::Place place : relations) {
    const Status one = target.execute(analyze_sql(run, {place}));
    if (one) continue;
    const std::string name = shown(run.relation(place).name);
    if (one.error().code != ErrorCode::server_error) return one.error().during("cannot analyze " + name);
    run.omissions->add("statistics of " + name, one.error().message);
  }
  return {};
}

}  // namespace

Status analyze_relations(postgres::Connection& target, Run& run,
                         const std::vector<catalog::Place>& relations) {
  if (relations.empty()) return {};
  Status all = target.execute(analyze_sql(run, relations));
  if (all || all.error().code != ErrorCode::server_error) return all;
  return analyze_each(target, run, relations);
}

Status analyze(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  {
    postgres::Transaction analyzing = postgres::Transaction::begin(**target);
    obey_row_security(**target);  // the functions in an index's expressions
    const Work work{.script = analyze_sql(run, task.objects),
                    .cannot = "cannot analyze " + run.names().describe(task)};
    Status all = commit_work(run, task, analyzing, {work});
    if (all || all.error().code != ErrorCode::server_error) return all;
  }
  if (Status each = analyze_each(**target, run, task.objects); !each) return each;
  return record(run, task, **target, {});
}

}  // namespace pghaul::tasks

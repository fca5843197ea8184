#include <fmt/format.h>

#include "postgres/copy_in.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/configuration_keys.h"
#include "tasks/copy_sql.h"
#include "tasks/finish.h"
#include "tasks/metered_digest.h"
#include "tasks/source_rows.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

Result<verify::Digest> copy_relation(crew::Worker& worker, Run& run, const plan::Task& task,
                                     catalog::Place place, postgres::Connection& target) {
  const catalog::Relation& relation = run.relation(place);
  const postgres::CopyFormat format = run.format(place);
  const std::string what = "rows of " + shown(relation.name);
  const plan::TablePlan& table_plan = *run.table_plans[place];
  const bool freeze = freezes(task, table_plan, relation);
  if (freeze) {
    target.send_ahead("TRUNCATE ONLY " + postgres::quote(relation.name.schema, relation.name.name));
  }
  const Result<std::unique_ptr<pipeline::Source>> rows = rows_of_table(worker, run, task, place);
  if (!rows) return fail(rows.error());
  const std::string sql = table_plan.tree == catalog::kNone
                              ? copy_in_sql(relation, format, freeze)
                              : copy_in_sql(relation, run.relation(table_plan.tree), format);
  Result<postgres::CopyIn> table = postgres::CopyIn::begin(target, sql, format, what);
  if (!table) return fail(table.error());
  MeteredDigest tap(run.progress->meter(worker.number()), run.floats(place));
  const Status moved = worker.lane().run(**rows, *table, tap);
  if (!moved) return fail(moved.error());
  if (Status complete = check_rows_read(run, task, place, tap.digest()); !complete)
    return fail(complete.error());
  if (static_cast<std::uint64_t>(table->rows_stored()) != tap.digest().rows) {
    return fail(ErrorCode::server_error,
                fmt::format("the target stored {} of {} {}", table->rows_stored(), tap.digest().rows, what),
                "does a trigger or an extension on the target drop rows?");
  }
  tap.keep();
  return tap.digest();
}

/// Those among the task's tables that extensions have made, with their keys and triggers.
std::vector<catalog::Name> configuration_tables(const Run& run, const plan::Task& task) {
  std::vector<catalog::Name> names;
  for (const catalog::Place place : task.objects) {
    if (!run.relation(place).extension.empty()) names.push_back(run.relation(place).name);
  }
  return names;
}

}  // namespace

Status copy_rows(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(**target);

  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(**target, configuration_tables(run, task));
  if (!keys) return fail(keys.error());

  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const double start = run.timeline->now();
    const Result<verify::Digest> digest = copy_relation(worker, run, task, place, **target);
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, run.timeline->now() - start});
  }
  if (const Status checked = keys->check(**target); !checked) return checked;
  return commit(run, task, writing, lines);
}

}  // namespace pghaul::tasks

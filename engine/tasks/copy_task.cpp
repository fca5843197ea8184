#include "tasks/copy_task.h"

#include <fmt/format.h>

#include <chrono>

#include "crew/worker.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_in.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/configuration_keys.h"
#include "tasks/copy_sql.h"
#include "tasks/metered_digest.h"
#include "tasks/row_source.h"
#include "tasks/target_task_log.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

Result<verify::Digest> copy_relation(crew::Worker& worker, const WorkPlan& work, const RowSource& source,
                                     measure::Progress& progress, const plan::Task& task,
                                     catalog::Place place, postgres::Connection& target) {
  const catalog::Relation& relation = work.relation(place);
  const postgres::CopyFormat format = work.format(place);
  const std::string what = "rows of " + shown(relation.name);
  const plan::TablePlan& table_plan = *work.table(place);
  const bool freeze = freezes(task, table_plan, relation);
  if (freeze) {
    target.send_ahead("TRUNCATE ONLY " + postgres::quote(relation.name.schema, relation.name.name));
  }
  const Result<RowSource::Rows> rows = source.table(worker, task, place);
  if (!rows) return fail(rows.error());
  const std::string sql = table_plan.tree == catalog::kNone
                              ? copy_in_sql(relation, format, freeze)
                              : copy_in_sql(relation, work.relation(table_plan.tree), format);
  Result<postgres::CopyIn> table = postgres::CopyIn::begin(target, sql, format, what);
  if (!table) return fail(table.error());
  MeteredDigest tap(progress.meter(worker.number()), work.floats(place));
  const Status moved = worker.lane().run(**rows, *table, tap);
  if (!moved) return fail(moved.error());
  if (Status complete = source.check_rows(task, place, tap.digest()); !complete)
    return fail(complete.error());
  if (static_cast<std::uint64_t>(table->rows_stored()) != tap.digest().rows) {
    return fail(ErrorCode::server_error,
                fmt::format("the target stored {} of {} {}", table->rows_stored(), tap.digest().rows, what),
                "does a trigger or an extension on the target drop rows?");
  }
  tap.keep();
  return tap.digest();
}

/// Returns those among the task's tables that extensions have made, with their keys and triggers.
std::vector<catalog::Name> configuration_tables(const WorkPlan& work, const plan::Task& task) {
  std::vector<catalog::Name> names;
  for (const catalog::Place place : task.objects) {
    if (!work.relation(place).extension.empty()) names.push_back(work.relation(place).name);
  }
  return names;
}

}  // namespace

Status copy_rows(crew::Worker& worker, const WorkPlan& work, const RowSource& source,
                 measure::Progress& progress, TargetTaskLog& log, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<std::optional<postgres::Transaction>> reading = source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(**target);

  const Result<ConfigurationKeys> keys = ConfigurationKeys::defer(**target, configuration_tables(work, task));
  if (!keys) return fail(keys.error());

  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    const auto start = std::chrono::steady_clock::now();
    const Result<verify::Digest> digest =
        copy_relation(worker, work, source, progress, task, place, **target);
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, measure::seconds_since(start)});
  }
  if (const Status checked = keys->check(**target); !checked) return checked;
  return log.commit_task(task, writing, lines);
}

}  // namespace pghaul::tasks

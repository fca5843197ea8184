#include "tasks/statistics_task.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "crew/worker.h"
#include "plan/relatives.h"
#include "plan/statistics.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/transaction.h"
#include "tasks/analyze_task.h"
#include "tasks/results.h"
#include "tasks/row_source.h"
#include "tasks/statistics_sql.h"
#include "tasks/target_task_log.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

using catalog::Place;
using Places = std::vector<Place>;

std::vector<catalog::Oid> oids_of(const WorkPlan& work, const Places& places) {
  std::vector<catalog::Oid> oids;
  for (const Place place : places) oids.push_back(work.relation(place).oid);
  return oids;
}

/// Moves them, and leaves the transaction on the target open.
Status move_statistics(crew::Worker& worker, const WorkPlan& work, const RowSource& rows_of_source,
                       const std::string& table, const plan::Task& task, postgres::Connection& target) {
  constexpr const char* what = "planner statistics";
  const Result<std::optional<postgres::Transaction>> reading = rows_of_source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
      **source, copy_statistics_out_sql(oids_of(work, task.objects), (*source)->version()),
      postgres::CopyFormat::text, what);
  if (!rows) return fail(rows.error());
  Result<postgres::CopyIn> into =
      postgres::CopyIn::begin(target, copy_statistics_in_sql(table), postgres::CopyFormat::text, what);
  if (!into) return fail(into.error());
  verify::RowDigest digest;
  if (Status moved = worker.lane().run(*rows, *into, digest); !moved) return moved;
  return target.execute(index_statistics_sql(table));
}

/// Returns how many rows have arrived in the relation, or below it.
double rows_of(const WorkPlan& work, const verify::Ledger& ledger, Place place) {
  if (work.relation(place).kind != 'p') return static_cast<double>(ledger.tally(place).sent.rows);
  double rows = 0;
  for (const Place member : plan::Relatives(work.source()).tree(place)) {
    rows += static_cast<double>(ledger.tally(member).sent.rows);
  }
  return rows;
}

/// Returns those that took all; in one transaction, so after an error none.
Result<Places> given(postgres::Connection& target, const catalog::Catalog& source, const std::string& table,
                     const std::vector<Arrived>& relations) {
  const Result<postgres::Rows> rows = target.query(give_statistics_sql(table, source, relations));
  if (!rows) return fail(rows.error());
  Places took;
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->boolean(row, 1)) took.push_back(static_cast<Place>(rows->integer(row, 0)));
  }
  return took;
}

/// Does the same, where the error of one is no other's.
Result<Places> given_each(postgres::Connection& target, const catalog::Catalog& source,
                          const std::string& table, const std::vector<Arrived>& relations) {
  if (relations.empty()) return Places{};
  Result<Places> all = given(target, source, table, relations);
  if (all || all.error().code != ErrorCode::server_error) return all;
  Places took;
  for (const Arrived& one : relations) {
    const Result<Places> alone = given(target, source, table, {one});
    if (alone) {
      took.insert(took.end(), alone->begin(), alone->end());
    } else if (alone.error().code != ErrorCode::server_error) {
      return fail(alone.error());
    }
  }
  return took;
}

}  // namespace

Status read_statistics(crew::Worker& worker, const WorkPlan& work, const RowSource& source,
                       TargetTaskLog& log, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const std::string create = create_statistics_sql(log.statistics_table());
  {
    postgres::Transaction writing = postgres::Transaction::begin(**target);
    (*target)->send_ahead(create);
    const Status moved = move_statistics(worker, work, source, log.statistics_table(), task, **target);
    if (moved) return log.commit_task(task, writing, {});
    if (moved.error().code != ErrorCode::server_error) {
      return moved.error().during("cannot carry planner statistics over");
    }
  }
  worker.reconnect();
  const Result<postgres::Connection*> again = worker.target();
  if (!again) return fail(again.error());
  postgres::Transaction writing = postgres::Transaction::begin(**again);
  if (Status created = (*again)->execute(create); !created) return created;
  return log.commit_task(task, writing, {});
}

Status give_statistics(crew::Worker& worker, const WorkPlan& work, TargetTaskLog& log, Results& results,
                       const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::vector<Arrived> apply;
  for (const Place place : task.objects) {
    const double rows = rows_of(work, results.ledger, place);
    if (!plan::still_apply(work.relation(place).estimated_rows, rows)) continue;
    apply.push_back({place, rows, results.frozen[place] != 0});
  }
  const Result<Places> took = given_each(**target, work.source(), log.statistics_table(), apply);
  if (!took) return took.error().during("cannot carry over statistics of " + work.describe(task));
  Places left = task.objects;
  std::erase_if(left, [&](Place place) { return std::ranges::find(*took, place) != took->end(); });
  if (Status analyzed = analyze_relations(**target, work.source(), left, results.omissions); !analyzed)
    return analyzed;
  journal::DoneEntries lines;
  for (const Place place : *took) lines.push_back({.object = place});
  return log.journal_done(worker, task, lines);
}

}  // namespace pghaul::tasks

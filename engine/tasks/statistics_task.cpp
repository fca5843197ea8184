#include <algorithm>
#include <optional>
#include <vector>

#include "plan/links.h"
#include "plan/statistics.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/transaction.h"
#include "tasks/analyze.h"
#include "tasks/finish.h"
#include "tasks/source_rows.h"
#include "tasks/statistics_sql.h"
#include "tasks/tasks.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

using catalog::Place;
using Places = std::vector<Place>;

std::vector<catalog::Oid> oids_of(const Run& run, const Places& places) {
  std::vector<catalog::Oid> oids;
  for (const Place place : places) oids.push_back(run.relation(place).oid);
  return oids;
}

/// Leaves the transaction on the target open.
Status move_statistics(crew::Worker& worker, Run& run, const plan::Task& task, postgres::Connection& target) {
  constexpr const char* what = "planner statistics";
  const std::string table = run.journal->statistics_table();
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
      **source, copy_statistics_out_sql(oids_of(run, task.objects), (*source)->version()),
      postgres::CopyFormat::text, what);
  if (!rows) return fail(rows.error());
  Result<postgres::CopyIn> into =
      postgres::CopyIn::begin(target, copy_statistics_in_sql(table), postgres::CopyFormat::text, what);
  if (!into) return fail(into.error());
  verify::RowDigest digest;
  if (Status moved = worker.lane().run(*rows, *into, digest); !moved) return moved;
  return target.execute(index_statistics_sql(table));
}

/// Rows that have arrived in the relation, or below it.
double rows_of(const Run& run, Place place) {
  if (run.relation(place).kind != 'p') return static_cast<double>(run.ledger->line(place).sent.rows);
  double rows = 0;
  for (const Place member : plan::Links(*run.source).tree(place)) {
    rows += static_cast<double>(run.ledger->line(member).sent.rows);
  }
  return rows;
}

/// Those that took all; in one transaction, so after an error none.
Result<Places> given(postgres::Connection& target, const Run& run, const std::vector<Arrived>& relations) {
  const Result<postgres::Rows> rows =
      target.query(give_statistics_sql(run.journal->statistics_table(), *run.source, relations));
  if (!rows) return fail(rows.error());
  Places took;
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->boolean(row, 1)) took.push_back(static_cast<Place>(rows->integer(row, 0)));
  }
  return took;
}

/// As given(), where the error of one is no other's.
Result<Places> given_each(postgres::Connection& target, const Run& run,
                          const std::vector<Arrived>& relations) {
  if (relations.empty()) return Places{};
  Result<Places> all = given(target, run, relations);
  if (all || all.error().code != ErrorCode::server_error) return all;
  Places took;
  for (const Arrived& one : relations) {
    const Result<Places> alone = given(target, run, {one});
    if (alone) {
      took.insert(took.end(), alone->begin(), alone->end());
    } else if (alone.error().code != ErrorCode::server_error) {
      return fail(alone.error());
    }
  }
  return took;
}

}  // namespace

/// What the source won't show spoils no copy: the tables are analyzed then.
Status read_statistics(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const std::string create = create_statistics_sql(run.journal->statistics_table());
  {
    postgres::Transaction writing = postgres::Transaction::begin(**target);
    (*target)->send_ahead(create);
    const Status moved = move_statistics(worker, run, task, **target);
    if (moved) return commit(run, task, writing, {});
    if (moved.error().code != ErrorCode::server_error) {
      return moved.error().during("cannot carry planner statistics over");
    }
  }
  worker.start_afresh();
  const Result<postgres::Connection*> again = worker.target();
  if (!again) return fail(again.error());
  postgres::Transaction writing = postgres::Transaction::begin(**again);
  if (Status created = (*again)->execute(create); !created) return created;
  return commit(run, task, writing, {});
}

/// What no longer applies, or doesn't go in, is gathered anew.
Status give_statistics(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::vector<Arrived> apply;
  for (const Place place : task.objects) {
    const double rows = rows_of(run, place);
    if (!plan::still_apply(run.relation(place).estimated_rows, rows)) continue;
    apply.push_back({place, rows, run.frozen[place] != 0});
  }
  const Result<Places> took = given_each(**target, run, apply);
  if (!took) return took.error().during("cannot carry over statistics of " + run.names().describe(task));
  Places left = task.objects;
  std::erase_if(left, [&](Place place) { return std::ranges::find(*took, place) != took->end(); });
  if (Status analyzed = analyze_relations(**target, run, left); !analyzed) return analyzed;
  std::vector<journal::TaskLine> lines;
  for (const Place place : *took) lines.push_back({.object = place});
  return record(run, task, **target, lines);
}

}  // namespace pghaul::tasks

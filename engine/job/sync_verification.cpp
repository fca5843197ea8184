#include "job/sync.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compare/digest_mismatches.h"
#include "postgres/history.h"
#include "tasks/compare_computed.h"

namespace pghaul::job {

/// Compares what was written, as it is now, with the snapshot; all else was compared before.
Status Sync::verify() {
  measure::Report::Verification& whole = *context_.report.verification;
  whole.mismatches.clear();  // those of tables that have been mended since
  std::set<catalog::Place> written = stale_;
  for (std::size_t i = 0; i < compared_; ++i) {
    const compare::DifferentTable& table = different_[i];
    whole.rows += static_cast<std::int64_t>(table.whole.source.rows) -
                  static_cast<std::int64_t>(table.whole.target.rows);
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.place);
  }
  both_.comparable = std::move(written);
  if (!both_.comparable.empty() || different_large_objects_) {
    if (Status compared = compare_written(); !compared) return compared;
  }
  return discovery::time_phase(context_, "verify", [&]() -> Status {
    Result<compare::Mismatches> sequences =
        compare::sequence_mismatches({}, both_.found, context_.report.left_out, context_.stop);
    if (!sequences) return fail(sequences.error());
    compare::add(std::move(*sequences), whole);
    return compare::as_status(whole.mismatches);
  });
}

/// Reads what was written once more, on both sides.
Status Sync::compare_written() {
  measure::Report::Verification& whole = *context_.report.verification;
  if (different_large_objects_) {
    if (Status compared = compare_large_objects(); !compared) return compared;
  } else {
    both_.found.source.large_objects.range_starts.clear();
  }
  std::vector<measure::Report::Table> tables = context_.report.tables;
  if (Status held = hold_target({}, both_); !held) return held;
  if (draft_) {
    const Result<postgres::History> now = postgres::read_history(both_.target_hold->connection());
    if (!now) return fail(now.error());
    written_xmin_ = now->xmin;
  }
  const Result<RowsRead> read = read_rows(context_, both_, *ends_, progress_);
  if (!read) return fail(read.error());
  for (measure::Report::Table& table : tables) {
    for (const measure::Report::Table& again : context_.report.tables) {
      if (again.schema == table.schema && again.name == table.name) table = again;
    }
  }
  context_.report.tables = std::move(tables);
  compare::add(compare::digest_mismatches(*read->work, *read->results).mismatches, whole);
  tasks::BothServers servers(*ends_, read->source, read->results->target.snapshot);
  return tasks::compare_computed(*read->work, *read->results, servers, whole);
}

}  // namespace pghaul::job

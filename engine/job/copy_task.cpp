#include <fmt/format.h>

#include "job/copy_sql.h"
#include "job/finish.h"
#include "job/tasks.h"
#include "measure/progress.h"
#include "pipeline/tap.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

/// Counts rows for the progress display, besides their digest.
class MeteredDigest : public pipeline::Tap {
 public:
  explicit MeteredDigest(measure::Progress& progress) : progress_(&progress) {}
  MeteredDigest(const MeteredDigest&) = delete;
  /// Rows that were not kept will be counted again.
  ~MeteredDigest() override {
    if (kept_) return;
    progress_->bytes.take_back(digest().bytes);
    progress_->rows.take_back(digest().rows);
  }
  void keep() noexcept { kept_ = true; }
  void see(const pipeline::Chunk& chunk) override {
    digest_.see(chunk);
    progress_->bytes.add(chunk.bytes().size());
    progress_->rows.add(chunk.rows());
  }
  [[nodiscard]] const verify::Digest& digest() const noexcept { return digest_.digest(); }

 private:
  verify::RowDigest digest_;
  measure::Progress* progress_;
  bool kept_ = false;
};

/// COPY FREEZE wants the table emptied in the same transaction, so only a task that has a table to itself can
/// have it; for a tiny table the TRUNCATE would cost more than it brings. What an extension has put into its
/// table stays there.
bool freezes(const plan::Task& task, const catalog::Relation& relation) {
  return task.objects.size() == 1 && task.pages.whole() && relation.extension.empty();
}

Result<verify::Digest> copy_relation(Worker& worker, Run& run, const plan::Task& task, catalog::Place place,
                                     postgres::Connection& source, postgres::Connection& target) {
  const catalog::Relation& relation = run.relation(place);
  const postgres::CopyFormat format = run.format(place);
  const std::string what = "rows of " + shown(relation.name);
  const bool freeze = freezes(task, relation);
  if (freeze) {
    const Status emptied =
        target.execute("TRUNCATE ONLY " + postgres::quote(relation.name.schema, relation.name.name));
    if (!emptied) return emptied.error().during("preparing " + shown(relation.name));
  }
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(source, copy_out_sql(relation, task.pages, format), format, what);
  if (!rows) return fail(rows.error());
  Result<postgres::CopyIn> table =
      postgres::CopyIn::begin(target, copy_in_sql(relation, format, freeze), format, what);
  if (!table) return fail(table.error());
  MeteredDigest tap(*run.progress);
  const Status moved = worker.lane().run(*rows, *table, tap);
  if (!moved) return fail(moved.error());
  if (static_cast<std::uint64_t>(table->rows_stored()) != tap.digest().rows) {
    return fail(ErrorCode::server_error,
                fmt::format("the target stored {} of {} {}", table->rows_stored(), tap.digest().rows, what),
                "does an event trigger or an extension on the target drop rows?");
  }
  tap.keep();
  return tap.digest();
}

}  // namespace

Status copy_rows(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<postgres::Transaction> reading = run.snapshot.begin(**source);
  if (!reading) return fail(reading.error());
  Result<postgres::Transaction> writing = postgres::Transaction::begin(**target);
  if (!writing) return fail(writing.error());

  std::vector<TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const double start = run.timeline->now();
    const Result<verify::Digest> digest = copy_relation(worker, run, task, place, **source, **target);
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, run.timeline->now() - start});
  }
  return commit(run, task, *writing, lines);
}

}  // namespace pghaul::job

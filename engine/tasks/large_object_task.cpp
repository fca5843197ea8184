#include <chrono>

#include "crew/worker.h"
#include "measure/progress.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_in.h"
#include "postgres/transaction.h"
#include "tasks/copy_task.h"
#include "tasks/large_objects_sql.h"
#include "tasks/row_source.h"
#include "tasks/target_task_log.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

Result<verify::Digest> stage(crew::Worker& worker, const RowSource& source, const plan::Task& task,
                             postgres::Connection& target) {
  const Result<RowSource::Rows> pieces = source.large_objects(worker, task);
  if (!pieces) return fail(pieces.error());
  Result<postgres::CopyIn> staging =
      postgres::CopyIn::begin(target, kStageLargeObjects, postgres::CopyFormat::binary, "large objects");
  if (!staging) return fail(staging.error());
  verify::RowDigest digest;
  const Status moved = worker.lane().run(**pieces, *staging, digest);
  if (!moved) return fail(moved.error());
  const Status complete = source.check_rows(task, task.objects.front(), digest.digest());
  if (!complete) return fail(complete.error());
  return digest.digest();
}

}  // namespace

Status copy_large_objects(crew::Worker& worker, const RowSource& source, measure::Progress& progress,
                          TargetTaskLog& log, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const auto start = std::chrono::steady_clock::now();
  const Result<std::optional<postgres::Transaction>> reading = source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(**target);
  (*target)->send_ahead(kMakeStaging);
  const Result<verify::Digest> digest = stage(worker, source, task, **target);
  if (!digest) return fail(digest.error());
  progress.bytes.add(digest->bytes);
  const Status created = (*target)->execute(kCreateStaged);
  if (!created) return created.error().during("cannot create large objects");
  return log.commit_task(task, writing, {{task.objects.front(), *digest, measure::seconds_since(start)}});
}

}  // namespace pghaul::tasks

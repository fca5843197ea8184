#include <fmt/format.h>

#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/finish.h"
#include "tasks/large_objects_sql.h"
#include "tasks/source_rows.h"
#include "tasks/tasks.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

constexpr const char* kCreate =
    "SELECT pg_catalog.count(pg_catalog.lo_from_bytea(loid, piece))"
    " FROM pg_temp.pghaul_large_objects WHERE start = 0";
constexpr const char* kAppend =
    "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.lo_put(loid, start, piece)"
    " FROM pg_temp.pghaul_large_objects WHERE start > 0 OFFSET 0) AS appended";

Result<verify::Digest> stage(crew::Worker& worker, const Run& run, const plan::Task& task,
                             postgres::Connection& target) {
  const Result<std::unique_ptr<pipeline::Source>> pieces = rows_of_large_objects(worker, run, task);
  if (!pieces) return fail(pieces.error());
  Result<postgres::CopyIn> staging =
      postgres::CopyIn::begin(target, kStageLargeObjects, postgres::CopyFormat::binary, "large objects");
  if (!staging) return fail(staging.error());
  verify::RowDigest digest;
  const Status moved = worker.lane().run(**pieces, *staging, digest);
  if (!moved) return fail(moved.error());
  if (Status complete = check_rows_read(run, task, task.objects.front(), digest.digest()); !complete) {
    return fail(complete.error());
  }
  run.progress->bytes.add(digest.digest().bytes);
  return digest.digest();
}

}  // namespace

Status copy_large_objects(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const double start = run.timeline->now();
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  postgres::Transaction writing = postgres::Transaction::begin(**target);
  (*target)->send_ahead(kMakeStaging);
  const Result<verify::Digest> digest = stage(worker, run, task, **target);
  if (!digest) return fail(digest.error());
  const Status created = (*target)->execute(std::string(kCreate) + ";" + kAppend);
  if (!created) return created.error().during("cannot create large objects");
  return commit(run, task, writing, {{task.objects.front(), *digest, run.timeline->now() - start}});
}

namespace {

Result<verify::Digest> read_large_objects(crew::Worker& worker, const Run& run, const plan::Task& task,
                                          postgres::Connection& server, const postgres::Snapshot* snapshot) {
  Result<postgres::Transaction> reading =  // descriptors of large objects live in a transaction
      snapshot != nullptr ? snapshot->begin(server)
                          : Result<postgres::Transaction>(postgres::Transaction::begin(server));
  if (!reading) return fail(reading.error());
  Result<postgres::CopyOut> pieces =
      postgres::CopyOut::begin(server, copy_large_objects_sql(*run.source, task.objects.front()),
                               postgres::CopyFormat::binary, "large objects");
  if (!pieces) return fail(pieces.error());
  return verify::read_back(*pieces, worker.buffer());
}

}  // namespace

Status read_back_large_objects(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<verify::Digest> digest =
      read_large_objects(worker, run, task, **target, run.target_snapshot ? &*run.target_snapshot : nullptr);
  if (!digest) return fail(digest.error());
  return record(run, task, **target, {{task.objects.front(), *digest, 0}});
}

Status read_source_large_objects(crew::Worker& worker, Run& run, const plan::Task& task) {
  if (run.stored != nullptr) {  // what was read when it was written
    const archive::Manifest::Rows& rows = run.stored->manifest().large_objects[task.objects.front()];
    enter(run, task, {{task.objects.front(), rows.rows_digest(), 0}});
    return {};
  }
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<verify::Digest> digest = read_large_objects(worker, run, task, **source, &run.snapshot);
  if (!digest) return fail(digest.error());
  enter(run, task, {{task.objects.front(), *digest, 0}});
  return {};
}

}  // namespace pghaul::tasks

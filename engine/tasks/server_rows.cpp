#include "tasks/server_rows.h"

#include <chrono>

#include "catalog/read_catalog.h"
#include "crew/worker.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_out.h"
#include "tasks/copy_sql.h"
#include "tasks/large_object_properties.h"
#include "tasks/large_objects_sql.h"
#include "tasks/read_digest.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

Result<RowSource::Rows> copied_out(crew::Worker& worker, const std::string& sql, postgres::CopyFormat format,
                                   std::string what) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(**source, sql, format, std::move(what));
  if (!rows) return fail(rows.error());
  return std::make_unique<postgres::CopyOut>(std::move(*rows));
}

/// Says whether it is no reason to stop: a materialized view can't be locked, and may be gone by now, or
/// empty.
bool may_be_left_uncompared(const plan::Task& task, const catalog::Relation& relation, const Error& error) {
  return task.kind == plan::TaskKind::read_source_computed && relation.kind == 'm' &&
         error.code == ErrorCode::server_error;
}

}  // namespace

Result<std::optional<postgres::Transaction>> ServerRows::begin_reading(crew::Worker& worker) const {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::Transaction> reading = snapshot_.begin(**source);
  if (!reading) return fail(reading.error());
  return std::optional<postgres::Transaction>(std::move(*reading));
}

Result<RowSource::Rows> ServerRows::table(crew::Worker& worker, const plan::Task& task,
                                          catalog::Place place) const {
  const catalog::Relation& relation = work_->relation(place);
  const postgres::CopyFormat format = work_->format(place);
  return copied_out(worker, copy_out_sql(relation, task.pages, format), format,
                    "rows of " + shown(relation.name));
}

Result<RowSource::Rows> ServerRows::large_objects(crew::Worker& worker, const plan::Task& task) const {
  return copied_out(worker, copy_large_objects_sql(work_->source(), task.objects.front()),
                    postgres::CopyFormat::binary, "large objects");
}

Result<RowSource::Rows> ServerRows::large_object_properties(crew::Worker& worker, const plan::Task& task,
                                                            const ObjectProperties& wanted) const {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  return read_large_object_properties(**source, work_->source(), task.objects.front(), wanted);
}

Result<std::vector<catalog::Sequence>> ServerRows::sequences(crew::Worker& worker) const {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  std::vector<catalog::Sequence> sequences = work_->source().sequences;
  const Status read = catalog::read_sequences(**source, sequences);
  if (!read) return read.error().during("cannot read the sequences");
  return sequences;
}

Result<journal::DoneEntries> ServerRows::digests(crew::Worker& worker, const plan::Task& task) const {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<postgres::Transaction> reading = snapshot_.begin(**source);
  if (!reading) return fail(reading.error());
  if (task.kind != plan::TaskKind::large_objects_read_source) return relation_digests(worker, task, **source);
  const Result<verify::Digest> digest =
      digest_of_large_objects(worker.buffer(), **source, work_->source(), task.objects.front());
  if (!digest) return fail(digest.error());
  return journal::DoneEntries{{task.objects.front(), *digest, 0}};
}

Result<journal::DoneEntries> ServerRows::relation_digests(crew::Worker& worker, const plan::Task& task,
                                                          postgres::Connection& source) const {
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    const auto start = std::chrono::steady_clock::now();
    const catalog::Relation& relation = work_->relation(place);
    const Result<verify::Digest> digest =
        digest_of_relation(worker.buffer(), source, *work_, task, place, relation.heap_pages);
    if (digest) {
      lines.push_back({place, *digest, measure::seconds_since(start)});
    } else if (may_be_left_uncompared(task, relation, digest.error())) {
      uncompared_->add("materialized view " + shown(relation.name), digest.error().message);
    } else {
      return fail(digest.error());
    }
  }
  if (task.kind != plan::TaskKind::read_source) return lines;
  for (const journal::DoneEntry& line : lines) {
    progress_->meter(worker.number()).add(line.digest.bytes, line.digest.rows);
  }
  return lines;
}

}  // namespace pghaul::tasks

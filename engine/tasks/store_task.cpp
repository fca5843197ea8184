#include "tasks/store_task.h"

#include <chrono>
#include <optional>
#include <utility>

#include "archive/check_rows.h"
#include "archive/writer.h"
#include "crew/worker.h"
#include "measure/progress.h"
#include "measure/sample_statistics.h"
#include "tasks/metered_digest.h"
#include "tasks/row_source.h"
#include "tasks/stored_file.h"
#include "tasks/task_log.h"
#include "transport/frame_writer.h"

namespace pghaul::tasks {
namespace {

using archive::Manifest;
using Line = archive::Journal::FileEntry;

/// Says whether an earlier run has written the file. It counts only when it can be read again: nothing says
/// that it reached the disk.
Result<bool> stands(crew::Worker& worker, const RowStore& store, const std::string& name) {
  const std::optional<Line> done = store.archive.journal().done(name);
  if (!done || !store.archive.data().has(name)) return false;
  Result<transport::File> file = store.archive.data().open_file(name);
  if (!file) return fail(file.error());
  return archive::check_rows(*file, done->rows, worker.unpacker(), worker.buffer()).has_value();
}

/// Writes rows into a file of the archive, and records it there.
Status write_file(crew::Worker& worker, const RowStore& store, pipeline::Source& rows, Line line) {
  const auto start = std::chrono::steady_clock::now();
  Result<transport::File> file = store.archive.create_rows(line.rows.file);
  if (!file) return fail(file.error());
  transport::FrameWriter frames(worker.packer(), worker.levels(store.compression), *file);
  MeteredDigest tap(store.progress.meter(worker.number()), {});
  if (Status moved = worker.lane().run(rows, frames, tap); !moved) return moved;
  file->begin_sync();
  line.rows.bytes = frames.written().bytes;
  line.rows.frames = frames.written().frames;
  line.rows.set_digest(tap.digest());
  line.seconds = measure::seconds_since(start);
  if (Status recorded = store.archive.record(line); !recorded) return recorded;
  tap.keep();
  return {};
}

journal::DoneEntry task_line(const RowStore& store, catalog::Place object, const std::string& name) {
  const Line line = *store.archive.journal().done(name);
  return {object, line.rows.rows_digest(), line.seconds};
}

Status store_table(crew::Worker& worker, const RowSource& source, const RowStore& store,
                   const plan::Task& task, catalog::Place place) {
  const std::string name = stored_file(store.source, task, place);
  const Result<bool> there = stands(worker, store, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<RowSource::Rows> rows = source.table(worker, task, place);
  if (!rows) return fail(rows.error());
  return write_file(worker, store, **rows,
                    {.rows = {.file = name, .first_page = task.pages.first, .end_page = task.pages.end}});
}

Status store_properties(crew::Worker& worker, const RowSource& source, const RowStore& store,
                        const plan::Task& task) {
  const std::string name = stored_properties_file(task);
  const Result<bool> there = stands(worker, store, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<RowSource::Rows> statements = source.large_object_properties(worker, task, {});
  if (!statements) return fail(statements.error());
  return write_file(worker, store, **statements, {.rows = {.file = name}});
}

Status store_pieces(crew::Worker& worker, const RowSource& source, const RowStore& store,
                    const plan::Task& task) {
  const std::string name = stored_file(store.source, task, task.objects.front());
  const Result<bool> there = stands(worker, store, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<RowSource::Rows> rows = source.large_objects(worker, task);
  if (!rows) return fail(rows.error());
  return write_file(worker, store, **rows, {.rows = {.file = name}});
}

/// Returns the digest of what a file gives back, which is what was written: check_rows() has seen to that.
Result<verify::Digest> read_file(crew::Worker& worker, const RowStore& store, const std::string& name) {
  const Line line = *store.archive.journal().done(name);
  Result<transport::File> file = store.archive.data().open_file(name);
  if (!file) return fail(file.error());
  const Status checked = archive::check_rows(*file, line.rows, worker.unpacker(), worker.buffer());
  if (!checked) return checked.error().during("reading back what was written");
  return line.rows.rows_digest();
}

}  // namespace

Status store_rows(crew::Worker& worker, const RowSource& source, const RowStore& store, TaskLog& log,
                  const plan::Task& task) {
  const Result<std::optional<postgres::Transaction>> reading = source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    if (Status stored = store_table(worker, source, store, task, place); !stored) return stored;
    lines.push_back(task_line(store, place, stored_file(store.source, task, place)));
  }
  return log.journal_done(worker, task, lines);
}

Status store_large_objects(crew::Worker& worker, const RowSource& source, const RowStore& store, TaskLog& log,
                           const plan::Task& task) {
  const Result<std::optional<postgres::Transaction>> reading = source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  if (Status stored = store_properties(worker, source, store, task); !stored) return stored;
  if (Status stored = store_pieces(worker, source, store, task); !stored) return stored;
  const catalog::Place range = task.objects.front();
  return log.journal_done(worker, task, {task_line(store, range, stored_file(store.source, task, range))});
}

Status store_sequences(crew::Worker& worker, const RowSource& source, std::vector<catalog::Sequence>& stored,
                       TaskLog& log, const plan::Task& task) {
  Result<std::vector<catalog::Sequence>> sequences = source.sequences(worker);
  if (!sequences) return fail(sequences.error());
  stored = std::move(*sequences);
  return log.journal_done(worker, task, {});
}

Status read_back_stored(crew::Worker& worker, const RowStore& store, TaskLog& log, const plan::Task& task) {
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) {
    const auto start = std::chrono::steady_clock::now();
    const Result<verify::Digest> digest = read_file(worker, store, stored_file(store.source, task, place));
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, measure::seconds_since(start)});
  }
  if (task.kind == plan::TaskKind::large_objects_read_back) {
    const Result<verify::Digest> properties = read_file(worker, store, stored_properties_file(task));
    if (!properties) return fail(properties.error());
  }
  return log.journal_done(worker, task, lines);
}

}  // namespace pghaul::tasks

#include <fmt/format.h>

#include "archive/check_rows.h"
#include "tasks/finish.h"
#include "tasks/large_object_properties.h"
#include "tasks/metered_digest.h"
#include "tasks/source_rows.h"
#include "tasks/stored_file.h"
#include "tasks/tasks.h"
#include "transport/frame_writer.h"

namespace pghaul::tasks {
namespace {

using archive::Manifest;
using Line = archive::Journal::Line;

/// What an earlier run wrote counts only when it can be read again: nothing says that it reached the disk.
Result<bool> stands(crew::Worker& worker, const Run& run, const std::string& name) {
  const std::optional<Line> done = run.store->journal().done(name);
  if (!done || !run.store->data().has(name)) return false;
  Result<transport::File> file = run.store->data().open_file(name);
  if (!file) return fail(file.error());
  return archive::check_rows(*file, done->rows, worker.unpacker(), worker.buffer()).has_value();
}

/// Writes rows into a file of the archive, and records it there.
Status write_file(crew::Worker& worker, Run& run, pipeline::Source& rows, Line line) {
  const double start = run.timeline->now();
  Result<transport::File> file = run.store->create_rows(line.rows.file);
  if (!file) return fail(file.error());
  transport::FrameWriter frames(worker.packer(), worker.levels(run.compression), *file);
  MeteredDigest tap(run.progress->meter(worker.number()), {});
  if (Status moved = worker.lane().run(rows, frames, tap); !moved) return moved;
  file->begin_sync();
  line.rows.bytes = frames.written().bytes;
  line.rows.frames = frames.written().frames;
  line.rows.set_digest(tap.digest());
  line.seconds = run.timeline->now() - start;
  if (Status recorded = run.store->record(line); !recorded) return recorded;
  tap.keep();
  return {};
}

journal::TaskLine task_line(const Run& run, catalog::Place object, const std::string& name) {
  const Line line = *run.store->journal().done(name);
  return {object, line.rows.rows_digest(), line.seconds};
}

Status store_table(crew::Worker& worker, Run& run, const plan::Task& task, catalog::Place place) {
  const std::string name = stored_file(run, task, place);
  const Result<bool> there = stands(worker, run, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<std::unique_ptr<pipeline::Source>> rows = rows_of_table(worker, run, task, place);
  if (!rows) return fail(rows.error());
  return write_file(worker, run, **rows,
                    {.rows = {.file = name, .first_page = task.pages.first, .end_page = task.pages.end}});
}

Status store_properties(crew::Worker& worker, Run& run, const plan::Task& task) {
  const std::string name = stored_properties_file(task);
  const Result<bool> there = stands(worker, run, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<std::unique_ptr<pipeline::Source>> statements = large_object_properties(worker, run, task);
  if (!statements) return fail(statements.error());
  return write_file(worker, run, **statements, {.rows = {.file = name}});
}

Status store_pieces(crew::Worker& worker, Run& run, const plan::Task& task) {
  const std::string name = stored_file(run, task, task.objects.front());
  const Result<bool> there = stands(worker, run, name);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Result<std::unique_ptr<pipeline::Source>> rows = rows_of_large_objects(worker, run, task);
  if (!rows) return fail(rows.error());
  return write_file(worker, run, **rows, {.rows = {.file = name}});
}

/// The digest of what a file gives back, which is what was written: check_rows() has seen to that.
Result<verify::Digest> read_file(crew::Worker& worker, const Run& run, const std::string& name) {
  const Line line = *run.store->journal().done(name);
  Result<transport::File> file = run.store->data().open_file(name);
  if (!file) return fail(file.error());
  const Status checked = archive::check_rows(*file, line.rows, worker.unpacker(), worker.buffer());
  if (!checked) return checked.error().during("reading back what was written");
  return line.rows.rows_digest();
}

}  // namespace

Status store_rows(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    if (Status stored = store_table(worker, run, task, place); !stored) return stored;
    lines.push_back(task_line(run, place, stored_file(run, task, place)));
  }
  enter(run, task, lines);
  return {};
}

Status store_large_objects(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  if (Status stored = store_properties(worker, run, task); !stored) return stored;
  if (Status stored = store_pieces(worker, run, task); !stored) return stored;
  const catalog::Place range = task.objects.front();
  enter(run, task, {task_line(run, range, stored_file(run, task, range))});
  return {};
}

Status read_back_stored(crew::Worker& worker, Run& run, const plan::Task& task) {
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const double start = run.timeline->now();
    const Result<verify::Digest> digest = read_file(worker, run, stored_file(run, task, place));
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, run.timeline->now() - start});
  }
  if (task.kind == plan::TaskKind::large_objects_read_back) {
    const Result<verify::Digest> properties = read_file(worker, run, stored_properties_file(task));
    if (!properties) return fail(properties.error());
  }
  enter(run, task, lines);
  return {};
}

}  // namespace pghaul::tasks

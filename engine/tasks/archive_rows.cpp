#include "tasks/archive_rows.h"

#include <utility>

#include "archive/check_rows.h"
#include "archive/reader.h"
#include "archive/rows_source.h"
#include "crew/worker.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {

using archive::Manifest;

Result<RowSource::Rows> ArchiveRows::table(crew::Worker& worker, const plan::Task& task,
                                           catalog::Place place) const {
  return read(worker, files_of(task, place));
}

Result<RowSource::Rows> ArchiveRows::large_objects(crew::Worker& worker, const plan::Task& task) const {
  return read(worker, files_of(task, task.objects.front()));
}

Result<RowSource::Rows> ArchiveRows::large_object_properties(crew::Worker& worker, const plan::Task& task,
                                                             const ObjectProperties& /*wanted*/) const {
  return read(worker, {&properties_of(task)});
}

Status ArchiveRows::check_rows(const plan::Task& task, catalog::Place place,
                               const verify::Digest& digest) const {
  verify::Digest expected;
  for (const Manifest::Rows* rows : files_of(task, place)) expected += rows->rows_digest();
  return archive::check_digest(digest, expected, work_->describe(task));
}

Status ArchiveRows::check_properties(const plan::Task& task, const verify::Digest& digest) const {
  return archive::check_digest(digest, properties_of(task).rows_digest(), work_->describe(task));
}

/// Returns those of the archive's catalog.
Result<std::vector<catalog::Sequence>> ArchiveRows::sequences(crew::Worker& /*worker*/) const {
  return work_->source().sequences;
}

Result<journal::DoneEntries> ArchiveRows::digests(crew::Worker& /*worker*/, const plan::Task& task) const {
  journal::DoneEntries lines;
  for (const catalog::Place place : task.objects) lines.push_back({place, digest_of(task, place), 0});
  return lines;
}

/// Returns the digest of a table for its first part only: it is that of all parts.
verify::Digest ArchiveRows::digest_of(const plan::Task& task, catalog::Place place) const {
  if (task.kind == plan::TaskKind::large_objects_read_source) {
    return archive_->manifest().large_objects[place].rows_digest();
  }
  verify::Digest digest;
  if (task.part != 0) return digest;
  if (task.kind == plan::TaskKind::read_source_computed) return archive_->generated(place)->rows_digest();
  for (const Manifest::Rows& rows : archive_->table(place).files) digest += rows.rows_digest();
  return digest;
}

/// Returns all of the table's files, or the one that holds the task's pages.
ArchiveRows::Files ArchiveRows::files_of(const plan::Task& task, catalog::Place place) const {
  if (task.kind == plan::TaskKind::large_objects) return {&archive_->manifest().large_objects[place]};
  Files files;
  for (const Manifest::Rows& rows : archive_->table(place).files) {
    if (task.pages.whole() || rows.first_page == task.pages.first) files.push_back(&rows);
  }
  return files;
}

const Manifest::Rows& ArchiveRows::properties_of(const plan::Task& task) const {
  return archive_->manifest().large_object_properties[task.objects.front()];
}

RowSource::Rows ArchiveRows::read(crew::Worker& worker, Files files) const {
  return std::make_unique<archive::RowsSource>(*archive_, std::move(files), worker.unpacker());
}

}  // namespace pghaul::tasks

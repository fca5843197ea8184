#include "tasks/source_rows.h"

#include <utility>
#include <vector>

#include "archive/check_rows.h"
#include "archive/rows_source.h"
#include "postgres/copy_out.h"
#include "tasks/copy_sql.h"
#include "tasks/large_objects_sql.h"

namespace pghaul::tasks {
namespace {

using Files = std::vector<const archive::Manifest::Rows*>;

/// All of the table's files, or the one that holds the task's pages.
Files files_of(const Run& run, const plan::Task& task, catalog::Place place) {
  Files files;
  if (task.kind == plan::TaskKind::large_objects) {
    files.push_back(&run.stored->manifest().large_objects[place]);
    return files;
  }
  for (const archive::Manifest::Rows& rows : run.stored->table(place).files) {
    if (task.pages.whole() || rows.first_page == task.pages.first) files.push_back(&rows);
  }
  return files;
}

std::unique_ptr<pipeline::Source> stored_rows(crew::Worker& worker, const Run& run, const plan::Task& task,
                                              catalog::Place place) {
  return std::make_unique<archive::RowsSource>(*run.stored, files_of(run, task, place), worker.unpacker());
}

Result<std::unique_ptr<pipeline::Source>> copied_out(crew::Worker& worker, const std::string& sql,
                                                     postgres::CopyFormat format, std::string what) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(**source, sql, format, std::move(what));
  if (!rows) return fail(rows.error());
  return std::make_unique<postgres::CopyOut>(std::move(*rows));
}

}  // namespace

Result<std::optional<postgres::Transaction>> begin_reading(crew::Worker& worker, const Run& run) {
  if (run.stored != nullptr) return std::nullopt;
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::Transaction> reading = run.snapshot.begin(**source);
  if (!reading) return fail(reading.error());
  return std::optional<postgres::Transaction>(std::move(*reading));
}

Result<std::unique_ptr<pipeline::Source>> rows_of_table(crew::Worker& worker, const Run& run,
                                                        const plan::Task& task, catalog::Place place) {
  if (run.stored != nullptr) return stored_rows(worker, run, task, place);
  const catalog::Relation& relation = run.relation(place);
  return copied_out(worker, copy_out_sql(relation, task.pages, run.format(place)), run.format(place),
                    "rows of " + shown(relation.name));
}

Result<std::unique_ptr<pipeline::Source>> rows_of_large_objects(crew::Worker& worker, const Run& run,
                                                                const plan::Task& task) {
  const catalog::Place range = task.objects.front();
  if (run.stored != nullptr) return stored_rows(worker, run, task, range);
  return copied_out(worker, copy_large_objects_sql(*run.source, range), postgres::CopyFormat::binary,
                    "large objects");
}

Status check_rows_read(const Run& run, const plan::Task& task, catalog::Place place,
                       const verify::Digest& digest) {
  if (run.stored == nullptr) return {};
  verify::Digest expected;
  for (const archive::Manifest::Rows* rows : files_of(run, task, place)) expected += rows->rows_digest();
  return archive::check_digest(digest, expected, run.names().describe(task));
}

}  // namespace pghaul::tasks

#include "job/check_archive.h"

#include <fmt/format.h>

#include <mutex>
#include <thread>
#include <vector>

#include "archive/check_rows.h"
#include "crew/crew.h"
#include "crew/item_list.h"
#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "job/fill_report.h"
#include "measure/progress.h"
#include "plan/jobs.h"

namespace pghaul::job {
namespace {

using archive::Manifest;

struct File {
  std::string object;  // the object whose rows it holds
  const Manifest::Rows* rows;
  std::size_t table;  // in Manifest::tables; their number: none of them
};

std::vector<File> files_of(const Manifest& manifest) {
  std::vector<File> files;
  for (std::size_t place = 0; place < manifest.tables.size(); ++place) {
    const Manifest::Table& table = manifest.tables[place];
    for (const Manifest::Rows& rows : table.files) {
      files.push_back({shown(catalog::Name{table.schema, table.name}), &rows, place});
    }
  }
  for (const auto* many : {&manifest.large_objects, &manifest.large_object_properties}) {
    for (const Manifest::Rows& rows : *many)
      files.push_back({"large objects", &rows, manifest.tables.size()});
  }
  return files;
}

void report_tables(const Manifest& manifest, const std::vector<bool>& damaged, measure::Report& report) {
  for (std::size_t place = 0; place < manifest.tables.size(); ++place) {
    const Manifest::Table& table = manifest.tables[place];
    verify::Digest digest;
    for (const Manifest::Rows& rows : table.files) digest += rows.rows_digest();
    report.tables.push_back({.schema = table.schema,
                             .name = table.name,
                             .rows = static_cast<std::int64_t>(digest.rows),
                             .bytes = static_cast<std::int64_t>(digest.bytes),
                             .format = table.format,
                             .reason = table.reason,
                             .chunks = static_cast<std::uint32_t>(table.files.size()),
                             .digest = digest.hex(),
                             .verified = !damaged[place]});
    report.verification->rows += static_cast<std::int64_t>(digest.rows);
  }
  report.verification->tables = static_cast<std::int64_t>(manifest.tables.size());
}

Status as_status(const std::vector<measure::Report::Mismatch>& mismatches) {
  if (mismatches.empty()) return {};
  std::string message =
      fmt::format("the archive is damaged: {}: {}", mismatches.front().object, mismatches.front().message);
  if (mismatches.size() > 1) message += fmt::format(" (and {} more files)", mismatches.size() - 1);
  return fail(ErrorCode::mismatch, message, "transfer or write it again; the report names all damaged files");
}

}  // namespace

Status check_archive(discovery::VerbContext context) {
  if (!context.options.filters.all()) {
    return fail(ErrorCode::usage, "an archive by itself is checked whole",
                "leave out -n, -N, -t and -T, or name a database to compare it with");
  }
  discovery::Discovery found;
  const Status opened = discovery::time_phase(context, "discover", [&]() -> Status {
    const Status status = discovery::open_archive(found, *discovery::archive_folder(context.options.source));
    if (!status) return status;
    const Result<std::string> schema = found.stored->read_schema();
    return schema ? Status{} : fail(schema.error());
  });
  if (!opened) return opened;
  const Manifest& manifest = found.stored->manifest();
  const std::vector<File> files = files_of(manifest);
  found.plan.jobs =
      plan::wanted_jobs(context.options.jobs, static_cast<int>(std::thread::hardware_concurrency()), 0);
  report_databases(found, context.report);
  report_findings(found, context.report);

  measure::Progress progress;
  progress.tasks_total = files.size();
  progress.tables_total = manifest.tables.size();
  std::vector<double> sizes;
  for (const File& file : files) {
    progress.bytes_total += file.rows->row_bytes;
    sizes.push_back(static_cast<double>(file.rows->bytes));
  }
  measure::Report::Verification& verification = context.report.verification.emplace();
  verification.mode = verify::mode_name(verify::Mode::checksums);
  std::vector<bool> damaged(manifest.tables.size() + 1, false);
  std::mutex mutex;  // guards the two above
  const auto check = [&](crew::Worker& worker, crew::ItemId place, const std::stop_token&) -> Status {
    const File& file = files[place];
    progress.starts(worker.number(), "check " + file.rows->file);
    Result<transport::File> opened_file = found.stored->open_rows(*file.rows);
    const Status checked =
        opened_file ? archive::check_rows(*opened_file, *file.rows, worker.unpacker(), worker.buffer())
                    : fail(opened_file.error());
    progress.ends(worker.number(), checked.has_value());
    progress.tasks_done.add(1);
    progress.bytes.add(file.rows->row_bytes);
    progress.rows.add(file.rows->rows);
    if (checked) return {};
    const std::lock_guard lock(mutex);
    verification.mismatches.push_back({file.object, checked.error().message});
    damaged[file.table] = true;
    return {};
  };
  crew::ItemList work(sizes);
  const Status read = discovery::announce_phase(context, "check", [&] {
    return crew::Crew(work, found.plan.jobs, {}, check).run(context.stop, [&] {
      context.events.progress(progress);
    });
  });
  if (!read) return read;
  report_tables(manifest, damaged, context.report);
  return as_status(verification.mismatches);
}

}  // namespace pghaul::job

#include "job/archive_copy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <utility>

#include "archive/catalog_json.h"
#include "archive/layout.h"
#include "compare/digest_mismatches.h"
#include "discovery/archive_discovery.h"
#include "discovery/job_identity.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "journal/archive_header.h"
#include "measure/version.h"
#include "tasks/archive_executor.h"
#include "tasks/crew_options.h"
#include "tasks/make_row_source.h"
#include "tasks/prove_unchanged.h"
#include "tasks/run_tasks.h"
#include "tasks/stored_file.h"

namespace pghaul::job {

Status ArchiveCopy::run() {
  return locks_.end(run_phases());
}

Status ArchiveCopy::run_phases() {
  Status done = discovery::time_phase(context_, "discover", [&] { return look(); });
  if (done) done = refuse();
  if (done) done = open_folder();
  if (done) done = discovery::time_phase(context_, "pre-data", [&] { return write_documents(); });
  if (done) done = discovery::announce_phase(context_, "copy", [&] { return move(); });
  if (done) done = discovery::time_phase(context_, "flush", [&] { return complete(); });
  if (results_) report_work(*work_, *results_, context_.report);
  return done;
}

Status ArchiveCopy::look() {
  const Result<archive::FolderState> state = archive::look_at_folder(folder_);
  if (!state) return fail(state.error());
  state_ = *state;
  std::optional<journal::Journal::Header> earlier;
  if (context_.options.resume && state_ == archive::FolderState::unfinished) {
    Result<archive::Writer> writer = archive::Writer::reopen(folder_);
    if (!writer) return fail(writer.error());
    writer_.emplace(std::move(*writer));
    Result<journal::Journal::Header> header = journal::header_of_archive(writer_->journal().header().job);
    if (!header) return fail(header.error());
    earlier = std::move(*header);
  }
  const discovery::Endpoints source_alone{.source = context_.ends.source};
  const discovery::VerbContext of_source{context_.options,  source_alone,    context_.stop,
                                         context_.timeline, context_.events, context_.report};
  Result<discovery::Discovery> found = discover_watched(of_source, fmt::format(" archive {}", getpid()),
                                                        locks_, progress_, earlier ? &*earlier : nullptr);
  if (!found) return fail(found.error());
  found_ = std::move(*found);
  found_.target_description = "archive " + folder_;
  discovery::plan_archive(found_);
  context_.report.predicted_seconds = context_.timeline.now() + found_.predicted_seconds;
  report_databases(found_, context_.report);
  context_.report.target = measure::Report::Database{.description = found_.target_description};
  report_findings(found_, context_.report);
  announce_job(found_, context_.events);
  return {};
}

Status ArchiveCopy::refuse() const {
  if (Status findings = refusal_of(found_.findings); !findings) return findings;
  using archive::FolderState;
  switch (state_) {
    case FolderState::absent:
    case FolderState::empty:
      if (!context_.options.resume) return {};
      return fail(ErrorCode::refused, folder_ + " holds no unfinished archive to continue",
                  "leave --resume out to start one");
    case FolderState::unfinished:
      if (context_.options.resume) return {};
      return fail(ErrorCode::refused, folder_ + " holds an archive that was never finished",
                  "continue it with --resume, or remove the folder");
    case FolderState::whole:
      return fail(ErrorCode::refused, folder_ + " holds an archive already", "give another folder");
    case FolderState::something_else:
      return fail(ErrorCode::refused, folder_ + " is not empty", "give an empty folder, or one to be made");
  }
  return {};
}

Status ArchiveCopy::open_folder() {
  prepare_run();
  const journal::Journal::Header now = discovery::header_of(found_, context_.options);
  created_ = now.started;
  return writer_ ? go_on(now) : restart();
}

Status ArchiveCopy::restart() {
  writer_.reset();  // releases the journal
  Result<archive::Writer> writer = archive::Writer::create(
      folder_, {.job = journal::header_for_archive(discovery::header_of(found_, context_.options))});
  std::error_code unreadable;
  touched_ = std::filesystem::exists(folder_, unreadable);  // one that can't be made is as it was
  if (!writer) return fail(writer.error());
  writer_.emplace(std::move(*writer));
  return {};
}

Status ArchiveCopy::go_on(const journal::Journal::Header& now) {
  touched_ = true;
  const Result<journal::Journal::Header> then = journal::header_of_archive(writer_->journal().header().job);
  if (!then) return fail(then.error());
  created_ = then->started;
  if (const Status same = discovery::same_job(*then, now); !same) {
    Error error = same.error();
    error.hint = "run it as it was, or give another folder";
    return error.during("cannot continue the archive in " + folder_);
  }
  const Status proved =
      discovery::time_phase(context_, "prove unchanged", [&] { return prove_unchanged_since(*then); });
  if (proved) return {};
  if (proved.error().code != ErrorCode::snapshot_lost || !context_.options.new_snapshot) return proved;
  context_.events.warning(proved.error().message, "everything is copied anew, as --new-snapshot asks", {});
  return restart();
}

Status ArchiveCopy::prove_unchanged_since(const journal::Journal::Header& then) {
  return tasks::prove_unchanged(*work_, found_.source_hold->snapshot(), done_before(),
                                then.source_state == found_.source_state, ends(),
                                context_.options.stall_after, progress_);
}

/// Returns, by task, what the folder's journal records: tasks of which all files were written.
journal::Journal::Done ArchiveCopy::done_before() const {
  journal::Journal::Done done;
  for (const plan::Task& task : found_.plan.graph.tasks) {
    if (task.kind != plan::TaskKind::copy && task.kind != plan::TaskKind::large_objects) continue;
    std::vector<journal::DoneEntry> lines;
    for (const catalog::Place object : task.objects) {
      const std::optional<archive::Journal::FileEntry> line =
          writer_->journal().done(tasks::stored_file(found_.source, task, object));
      if (line) lines.push_back({object, line->rows.rows_digest(), line->seconds});
    }
    if (!lines.empty()) done[task.id] = std::move(lines);
  }
  return done;
}

/// Watches the locks that its readers of the source wait for.
void ArchiveCopy::watch_locks() {
  const std::string session = found_.source_hold->session();
  const std::string mark = " " + session;
  found_.source_string = found_.source_string.marked("pghaul", mark);
  locks_.watch(
      {.server = found_.source_string, .side = postgres::Side::source, .mark = mark, .one_more = session},
      progress_);
}

void ArchiveCopy::prepare_run() {
  watch_locks();
  work_.emplace(found_.source, found_.plan, context_.options.verify);
  results_.emplace(*work_);
  results_->sequences = found_.source.sequences;
}

crew::Worker::Endpoints ArchiveCopy::ends() const {
  return {found_.source_string, {}, found_.source.server.encoding, context_.stop};
}

Status ArchiveCopy::write_documents() {
  const Result<std::string> schema = found_.archive->content();
  if (!schema) return fail(schema.error());
  Result<archive::Manifest::Document> written = writer_->write_document(archive::kSchema, *schema);
  if (!written) return fail(written.error());
  schema_ = std::move(*written);
  written = writer_->write_document(archive::kCatalog, archive::catalog_as_json(found_.source));
  if (!written) return fail(written.error());
  catalog_ = std::move(*written);
  return {};
}

Status ArchiveCopy::move() {
  const crew::Worker::Endpoints both = ends();
  const auto rows = tasks::make_row_source(found_, *work_, *results_, progress_);
  tasks::LedgerOnly log(*work_, *results_, progress_);
  tasks::ArchiveExecutor executor(*rows,
                                  {.archive = *writer_,
                                   .source = found_.source,
                                   .compression = context_.options.compression,
                                   .progress = progress_},
                                  log, *results_);
  return tasks::run_tasks(*work_, executor, log, *results_,
                          tasks::crew_options(context_, found_.plan.jobs, both),
                          {.progress = progress_, .timeline = context_.timeline, .events = context_.events},
                          [&] { found_.source_hold.reset(); });
}

Status ArchiveCopy::complete() {
  const archive::Manifest whole = manifest();
  if (work_->verify() != verify::Mode::none) {
    context_.report.verification = compare::digest_mismatches(*work_, *results_);
    if (Status same = compare::as_status(context_.report.verification->mismatches); !same) return same;
  }
  const auto add = [&](const archive::Manifest::Rows& rows) {
    context_.report.target->bytes += static_cast<std::int64_t>(rows.bytes);
  };
  for (const archive::Manifest::Table& table : whole.tables) {
    for (const archive::Manifest::Rows& rows : table.files) add(rows);
  }
  for (const archive::Manifest::Rows& rows : whole.large_objects) add(rows);
  return writer_->complete(whole);
}

archive::Manifest ArchiveCopy::manifest() const {
  const catalog::Server& server = found_.source.server;
  archive::Manifest manifest;
  manifest.pghaul = measure::kVersion;
  manifest.created = created_;
  manifest.source = {server.database,    server.version_text,       server.encoding,
                     found_.snapshot_id, found_.source_description, server.database_bytes};
  manifest.schema = schema_;
  manifest.catalog = catalog_;
  for (const plan::TablePlan& plan : found_.plan.tables) {
    const catalog::Relation& relation = found_.source.relations[plan.relation];
    archive::Manifest::Table table{.schema = relation.name.schema,
                                   .name = relation.name.name,
                                   .format = plan.format.binary ? "binary" : "text",
                                   .reason = plan.format.reason};
    for (std::uint32_t part = 0; part < plan.chunks; ++part) {
      const auto line = writer_->journal().done(tasks::stored_table_file(relation, plan.relation, part));
      table.seconds += line->seconds;
      table.files.push_back(line->rows);
    }
    manifest.tables.push_back(std::move(table));
  }
  for (const plan::TablePlan& plan : found_.plan.computed) {
    const catalog::Name& name = found_.source.relations[plan.relation].name;
    const verify::Digest digest = results_->ledger.computed(plan.relation).sent;
    manifest.generated.push_back({.schema = name.schema,
                                  .name = name.name,
                                  .format = plan.format.binary ? "binary" : "text",
                                  .rows = digest.rows,
                                  .row_bytes = digest.bytes,
                                  .digest = digest.hex()});
  }
  const auto ranges = static_cast<catalog::Place>(found_.source.large_objects.range_starts.size());
  for (catalog::Place range = 0; range < ranges; ++range) {
    manifest.large_objects.push_back(writer_->journal().done(tasks::stored_large_objects_file(range))->rows);
    manifest.large_object_properties.push_back(
        writer_->journal().done(tasks::stored_properties_file(range))->rows);
  }
  for (const catalog::Sequence& sequence : results_->sequences) {
    manifest.sequences.push_back(
        {sequence.name.schema, sequence.name.name, sequence.last_value, sequence.is_called});
  }
  for (const LeftOut& one : found_.left_out) manifest.left_out.push_back(one);
  manifest.left_out_entries = found_.left_out_entries;
  return manifest;
}

}  // namespace pghaul::job

#include "verify/read_back.h"

#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/copy_sql.h"
#include "tasks/finish.h"
#include "tasks/tasks.h"
#include "verify/told_digest.h"

namespace pghaul::tasks {
namespace {

bool reads_computed(const plan::Task& task) {
  return task.kind == plan::TaskKind::read_source_computed || task.kind == plan::TaskKind::read_back_computed;
}

/// Blocks of piece `part` of the table as it is on this server now; beside an application that lets it grow:
/// as it was.
Result<plan::PageRange> pages_of_part(postgres::Connection& server, const Run& run, catalog::Place place,
                                      const plan::Task& task) {
  if (task.parts == 1) return plan::PageRange{};
  const auto known = run.opening.pages.find(place);
  const Result<std::uint32_t> pages =
      server.side() == postgres::Side::source ? Result<std::uint32_t>(run.relation(place).heap_pages)
      : task.online && known != run.opening.pages.end() ? Result<std::uint32_t>(known->second)
                                                        : pages_of(server, run.relation(place));
  if (!pages) return fail(pages.error());
  const std::vector<plan::PageRange> ranges = plan::split_pages(*pages, task.parts);
  if (task.part < ranges.size()) return ranges[task.part];
  return plan::PageRange{plan::PageRange::kOpen - 1, plan::PageRange::kOpen};  // fewer blocks than parts
}

Result<verify::Digest> digest_of(crew::Worker& worker, const Run& run, const plan::Task& task,
                                 catalog::Place place, postgres::Connection& server) {
  const catalog::Relation& relation = run.relation(place);
  if (run.verify == verify::Mode::counts) {
    if (task.part != 0) return verify::Digest{};  // the first part counts them all
    const Result<postgres::Rows> count = server.query(count_sql(relation));
    if (!count) return count.error().during("counting rows of " + shown(relation.name));
    return verify::Digest{.rows = static_cast<std::uint64_t>(count->integer(0, 0))};
  }
  const Result<plan::PageRange> pages = pages_of_part(server, run, place, task);
  if (!pages) return fail(pages.error());
  const bool computed = reads_computed(task);
  const plan::Format& read_as = (computed ? run.computed_plans : run.table_plans)[place]->format;
  const postgres::CopyFormat format =
      read_as.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  return digest_of_copy(
      worker.buffer(), server,
      {.sql = computed ? copy_computed_sql(relation, *pages, format) : copy_out_sql(relation, *pages, format),
       .format = format,
       .floats = read_as.floats,
       .what = "rows of " + shown(relation.name)});
}

/// A materialized view can't be locked: it may be gone by now, or empty. That is no reason to stop.
bool may_be_left_uncompared(const Run& run, const plan::Task& task, catalog::Place place,
                            const Error& error) {
  return task.kind == plan::TaskKind::read_source_computed && run.relation(place).kind == 'm' &&
         error.code == ErrorCode::server_error;
}

}  // namespace

Result<verify::Digest> digest_of_copy(pipeline::Chunk& buffer, postgres::Connection& server,
                                      const CopiedOut& rows) {
  std::string sql = rows.sql;
  const bool far = server.detour() != nullptr && rows.floats.empty();  // no row needs to cross the link
  if (far) {
    sql.insert(0, verify::digest_request(server.detour()->digest_token,
                                         rows.format == postgres::CopyFormat::binary));
  }
  Result<postgres::CopyOut> copied =
      postgres::CopyOut::begin(server, sql, far ? postgres::CopyFormat::text : rows.format, rows.what);
  if (!copied) return fail(copied.error());
  if (far) return verify::last_told(*copied, buffer);
  return verify::read_back(*copied, buffer, rows.floats);
}

Result<std::uint32_t> pages_of(postgres::Connection& server, const catalog::Relation& relation) {
  const Result<postgres::Rows> size =
      server.query("SELECT pg_catalog.pg_relation_size(" +
                   postgres::quote_literal(postgres::quote(relation.name.schema, relation.name.name)) +
                   "::pg_catalog.regclass, 'main') / pg_catalog.current_setting('block_size')::bigint");
  if (!size) return size.error().during("measuring " + shown(relation.name));
  return static_cast<std::uint32_t>(size->integer(0, 0));
}

Status read_back_rows(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::optional<postgres::Transaction> reading;
  if (run.target_snapshot) {
    Result<postgres::Transaction> begun = run.target_snapshot->begin(**target);
    if (!begun) return fail(begun.error());
    reading.emplace(std::move(*begun));
  }
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const double start = run.timeline->now();
    const Result<verify::Digest> digest = digest_of(worker, run, task, place, **target);
    if (!digest) return fail(digest.error());
    lines.push_back({place, *digest, run.timeline->now() - start});
  }
  reading.reset();  // it can't write
  return record(run, task, **target, lines);
}

namespace {

/// An archive's manifest says what was read when it was written. Its first part speaks for all.
void enter_stored(Run& run, const plan::Task& task) {
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    verify::Digest digest;
    if (reads_computed(task)) {
      if (task.part == 0) digest = run.stored->generated(place)->rows_digest();
    } else if (task.part == 0) {
      for (const archive::Manifest::Rows& rows : run.stored->table(place).files) digest += rows.rows_digest();
    }
    lines.push_back({place, digest, 0});
  }
  enter(run, task, lines);
}

/// Of a copy, the target's journal keeps what was read.
Status record_read(crew::Worker& worker, Run& run, const plan::Task& task,
                   const std::vector<journal::TaskLine>& lines) {
  if (run.journal == nullptr) return enter(run, task, lines), Status{};
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  return record(run, task, **target, lines);
}

}  // namespace

Status read_source_rows(crew::Worker& worker, Run& run, const plan::Task& task) {
  if (run.stored != nullptr) return enter_stored(run, task), Status{};
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<postgres::Transaction> reading = run.snapshot.begin(**source);
  if (!reading) return fail(reading.error());
  std::vector<journal::TaskLine> lines;
  for (const catalog::Place place : task.objects) {
    const double start = run.timeline->now();
    const Result<verify::Digest> digest = digest_of(worker, run, task, place, **source);
    if (digest) {
      lines.push_back({place, *digest, run.timeline->now() - start});
    } else if (may_be_left_uncompared(run, task, place, digest.error())) {
      run.uncompared.add("materialized view " + shown(run.relation(place).name), digest.error().message);
    } else {
      return fail(digest.error());
    }
  }
  for (const journal::TaskLine& line : lines) {
    if (task.kind != plan::TaskKind::read_source) continue;
    run.progress->meter(worker.number()).add(line.digest.bytes, line.digest.rows);
  }
  return record_read(worker, run, task, lines);
}

}  // namespace pghaul::tasks

#include "tasks/read_digest.h"

#include <vector>

#include "plan/page_range.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "rows/buckets.h"
#include "rows/divided_tables.h"
#include "tasks/copy_sql.h"
#include "tasks/large_objects_sql.h"
#include "tasks/work_plan.h"
#include "verify/digest_of_copy.h"
#include "verify/read_back.h"

namespace pghaul::tasks {
namespace {

bool reads_computed(const plan::Task& task) {
  return task.kind == plan::TaskKind::read_source_computed || task.kind == plan::TaskKind::read_back_computed;
}

/// Returns the blocks of piece `part` of the table.
Result<plan::PageRange> pages_of_part(postgres::Connection& server, const catalog::Relation& relation,
                                      const plan::Task& task, std::optional<std::uint32_t> known) {
  if (task.parts == 1) return plan::PageRange{};
  const Result<std::uint32_t> pages = known ? Result<std::uint32_t>(*known) : pages_of(server, relation);
  if (!pages) return fail(pages.error());
  const std::vector<plan::PageRange> ranges = plan::split_pages(*pages, task.parts);
  if (task.part < ranges.size()) return ranges[task.part];
  return plan::PageRange{plan::PageRange::kOpen - 1, plan::PageRange::kOpen};  // fewer blocks than parts
}

/// Returns the digest of rows that are also counted by bucket.
Result<verify::Digest> divided_digest(pipeline::Chunk& buffer, postgres::Connection& server,
                                      rows::DividedTables& divided, catalog::Place place,
                                      const verify::CopiedOut& rows) {
  Result<postgres::CopyOut> copied = postgres::CopyOut::begin(server, rows.sql, rows.format, rows.what);
  if (!copied) return fail(copied.error());
  rows::BucketDigests digests(*divided.buckets(place), rows.format, rows.floats);
  do {
    buffer.clear();
    if (const Status filled = copied->fill(buffer); !filled) return fail(filled.error());
    digests.see(buffer);
  } while (!buffer.empty());
  divided.count(place, server.side(), digests.digests());
  verify::Digest sum;
  for (const verify::Digest& digest : digests.digests()) sum += digest;
  return sum;
}

}  // namespace

Result<verify::Digest> digest_of_relation(pipeline::Chunk& buffer, postgres::Connection& server,
                                          const WorkPlan& work, const plan::Task& task, catalog::Place place,
                                          std::optional<std::uint32_t> known_pages) {
  const catalog::Relation relation =
      server.side() == postgres::Side::target ? on_target(work.relation(place)) : work.relation(place);
  if (work.verify() == verify::Mode::counts) {
    if (task.part != 0) return verify::Digest{};  // the first part counts them all
    const Result<postgres::Rows> count = server.query(count_sql(relation));
    if (!count) return count.error().during("counting rows of " + shown(relation.name));
    return verify::Digest{.rows = static_cast<std::uint64_t>(count->integer(0, 0))};
  }
  const Result<plan::PageRange> pages = pages_of_part(server, relation, task, known_pages);
  if (!pages) return fail(pages.error());
  const bool computed = reads_computed(task);
  const plan::Format& read_as = (computed ? work.computed(place) : work.table(place))->format;
  const postgres::CopyFormat format = WorkPlan::copy_format(read_as);
  const verify::CopiedOut rows{
      .sql = computed ? copy_computed_sql(relation, *pages, format) : copy_out_sql(relation, *pages, format),
      .format = format,
      .floats = read_as.floats,
      .what = "rows of " + shown(relation.name)};
  rows::DividedTables& divided = work.divided_tables();
  return !computed && divided.buckets(place) != nullptr ? divided_digest(buffer, server, divided, place, rows)
                                                        : verify::digest_of_copy(buffer, server, rows);
}

Result<verify::Digest> digest_of_large_objects(pipeline::Chunk& buffer, postgres::Connection& server,
                                               const catalog::Catalog& source, catalog::Place range) {
  Result<postgres::CopyOut> pieces = postgres::CopyOut::begin(server, copy_large_objects_sql(source, range),
                                                              postgres::CopyFormat::binary, "large objects");
  if (!pieces) return fail(pieces.error());
  return verify::read_back(*pieces, buffer);
}

Result<std::uint32_t> pages_of(postgres::Connection& server, const catalog::Relation& relation) {
  const Result<postgres::Rows> size =
      server.query("SELECT pg_catalog.pg_relation_size(" +
                   postgres::quote_literal(postgres::quote(relation.name.schema, relation.name.name)) +
                   "::pg_catalog.regclass, 'main') / pg_catalog.current_setting('block_size')::bigint");
  if (!size) return size.error().during("measuring " + shown(relation.name));
  return static_cast<std::uint32_t>(size->integer(0, 0));
}

}  // namespace pghaul::tasks

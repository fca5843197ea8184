#include "live/copy_table_rows.h"

#include <fmt/format.h>

#include "pipeline/chunk.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"

namespace pghaul::live {
namespace {

using postgres::CopyFormat;

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

}  // namespace

Status copy_table_rows(postgres::Connection& source, postgres::Connection& target, const std::string& table,
                       const std::string& columns, bool freeze) {
  const std::string listed = columns.empty() ? "" : " (" + columns + ")";
  return copy_rows(
      source, fmt::format("COPY {}{} TO STDOUT (FORMAT text)", table, listed), target,
      fmt::format("COPY {}{} FROM STDIN (FORMAT text{})", table, listed, freeze ? ", FREEZE" : ""),
      CopyFormat::text, "rows of " + table);
}

Status copy_rows(postgres::Connection& source, const std::string& copy_out, postgres::Connection& target,
                 const std::string& copy_in, CopyFormat format, const std::string& what) {
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(source, copy_out, format, what);
  if (!rows) return fail(rows.error());
  Result<postgres::CopyIn> stored = postgres::CopyIn::begin(target, copy_in, format, what);
  if (!stored) {
    rows->abandon();
    return fail(stored.error());
  }
  pipeline::Chunk chunk(kChunkBytes);
  std::size_t sent = 0;
  for (;;) {
    chunk.clear();
    if (Status filled = rows->fill(chunk); !filled) {
      stored->abandon("the source gave no more rows");
      return filled;
    }
    if (chunk.empty()) break;
    sent += chunk.rows();
    if (Status drained = stored->drain(chunk); !drained) {
      rows->abandon();
      return drained;
    }
  }
  if (Status finished = stored->finish(); !finished) return finished;
  if (static_cast<std::size_t>(stored->rows_stored()) == sent) return {};
  return fail(ErrorCode::mismatch,
              fmt::format("the target stored {} of {} {}", stored->rows_stored(), sent, what));
}

}  // namespace pghaul::live

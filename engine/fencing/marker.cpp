#include "fencing/marker.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "postgres/quote.h"

namespace pghaul::fencing {

/// Waits for no standby, for which the stream does not wait either.
Result<Lsn> write_marker(postgres::Connection& source, const std::string& name) {
  const Result<postgres::Rows> rows = source.query("SELECT pg_catalog.pg_current_wal_insert_lsn()");
  if (!rows) return rows.error().during("asking the source where its WAL ends");
  const std::string table = postgres::quote(kLiveSchema, "copies");
  const Status written = source.execute(fmt::format(
      "BEGIN; SET LOCAL synchronous_commit = local; UPDATE {} SET marker = {} WHERE name = {}; COMMIT", table,
      postgres::quote_literal("switchover " + rows->string(0, 0)), postgres::quote_literal(name)));
  if (!written) return written.error().during("writing a marker on the source");
  return parse_lsn(rows->text(0, 0)).value_or(Lsn{});
}

}  // namespace pghaul::fencing

#include "catalog/read_catalog.h"

namespace pghaul::catalog {

Result<std::string> read_state(postgres::Connection& connection) {
  const std::string snapshot = connection.version() >= 130000 ? "pg_catalog.pg_current_snapshot()"
                                                              : "pg_catalog.txid_current_snapshot()";
  const Result<postgres::Rows> rows = connection.query(
      "SELECT " + snapshot +
      "::text || ' since ' || pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::text");
  if (!rows)
    return rows.error().during("reading the state of the " + std::string(side_name(connection.side())));
  return rows->string(0, 0);
}

}  // namespace pghaul::catalog

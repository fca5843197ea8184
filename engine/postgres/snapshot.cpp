#include "postgres/snapshot.h"

#include "postgres/quote.h"

namespace pghaul::postgres {

Result<Snapshot> Snapshot::export_from(Connection& holder) {
  const Result<Rows> exported = holder.query("SELECT pg_catalog.pg_export_snapshot()");
  if (!exported) return exported.error().during("exporting a snapshot");
  return Snapshot{exported->string(0, 0)};
}

Result<Transaction> Snapshot::begin(Connection& reader) const {
  Result<Transaction> transaction = Transaction::begin(
      reader, "ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT " + quote_literal(id));
  if (transaction) return transaction;
  Error failure = transaction.error();
  if (failure.code == ErrorCode::server_error) {
    failure.code = ErrorCode::snapshot_lost;
    failure.hint = "the session that exported it has ended";
  }
  return failure.during("importing snapshot " + id);
}

}  // namespace pghaul::postgres

#include "postgres/snapshot.h"

#include "postgres/quote.h"

namespace pghaul::postgres {
namespace {

std::string state_in(const Connection& server) {
  return server.version() >= 130000 ? "pg_catalog.pg_current_snapshot()::text"
                                    : "pg_catalog.txid_current_snapshot()::text";
}

}  // namespace

Result<Snapshot> Snapshot::export_from(Connection& holder) {
  const Result<Rows> exported = holder.query("SELECT pg_catalog.pg_export_snapshot(), " + state_in(holder));
  if (!exported) return exported.error().during("exporting a snapshot");
  return Snapshot(exported->string(0, 0), exported->string(0, 1));
}

Result<Transaction> Snapshot::begin(Connection& reader) const {
  const Result<std::string> shown = import_into(reader);
  if (!shown) return fail(shown.error());
  Transaction transaction = Transaction::begun(reader);
  if (*shown == state_) return transaction;
  return fail(ErrorCode::snapshot_lost,
              "snapshot " + id_ + " now belongs to other data: the server has restarted since",
              "the session that exported it has ended");
}

Result<Transaction> Snapshot::begin_first(Connection& reader) {
  Result<std::string> shown = import_into(reader);
  if (!shown) return fail(shown.error());
  state_ = std::move(*shown);
  return Transaction::begun(reader);
}

/// Returns what the transaction, which it has begun, sees. It takes one round trip, as each task does it.
Result<std::string> Snapshot::import_into(Connection& reader) const {
  const Result<Rows> imported =
      reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT " +
                   quote_literal(id_) + "; SELECT " + state_in(reader));
  if (imported) return imported->string(0, 0);
  Error failure = imported.error();
  if (failure.code == ErrorCode::server_error) {
    failure.code = ErrorCode::snapshot_lost;
    failure.hint = "the session that exported it has ended";
  }
  return failure.during("importing snapshot " + id_);
}

}  // namespace pghaul::postgres

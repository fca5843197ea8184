#include "discovery/source_hold.h"

#include "catalog/read_catalog.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"

namespace pghaul::discovery {
namespace {

constexpr std::size_t kTablesTogether = 500;  // number locked by one statement

constexpr const char* kOutOfMemory = "53200";  // out_of_memory: what a full lock table says

}  // namespace

Result<SourceHold> SourceHold::open(const postgres::ConnectionString& server, postgres::Side side,
                                    const std::string& snapshot, const std::stop_token& stop) {
  Result<postgres::Connection> opened = postgres::Connection::open(server, side, {}, stop);
  if (!opened) return fail(opened.error());
  auto connection = std::make_unique<postgres::Connection>(std::move(*opened));
  // Definitions are read for another server: a word may be reserved on only one of the two.
  connection->send_ahead("SET quote_all_identifiers = on");
  if (!snapshot.empty()) {
    postgres::Snapshot given(snapshot);
    Result<postgres::Transaction> transaction = given.begin_first(*connection);
    if (!transaction) return fail(transaction.error());
    return SourceHold(std::move(connection), std::move(*transaction), std::move(given));
  }
  postgres::Transaction transaction =
      postgres::Transaction::begin(*connection, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  Result<postgres::Snapshot> exported = postgres::Snapshot::export_from(*connection);
  if (!exported) return fail(exported.error());
  return SourceHold(std::move(connection), std::move(transaction), std::move(*exported));
}

SourceHold& SourceHold::operator=(SourceHold&& other) noexcept {
  release();  // the transaction before its connection
  connection_ = std::move(other.connection_);
  if (other.transaction_) transaction_.emplace(std::move(*other.transaction_));
  other.transaction_.reset();
  snapshot_ = std::move(other.snapshot_);
  fingerprint_ = std::move(other.fingerprint_);
  return *this;
}

Status SourceHold::lock(const std::vector<catalog::Relation>& relations) {
  std::string tables;
  std::size_t count = 0;
  const auto lock_them = [&]() -> Status {
    const Status locked = connection_->execute("LOCK TABLE " + tables + " IN ACCESS SHARE MODE");
    tables.clear();
    count = 0;
    if (locked) return {};
    Error error = locked.error();
    if (error.sqlstate == kOutOfMemory) error.hint = "raise max_locks_per_transaction on this server";
    if (error.sqlstate == postgres::kLockNotAvailable) {
      error.hint =
          "another session alters or truncates a table: pg_locks shows which one; try again after it has "
          "finished";
    }
    return error.during("cannot lock the tables against changes");
  };
  // A lock must not be waited for unnoticed, with everybody else queued behind: pg_dump's limit applies.
  connection_->send_ahead("SET LOCAL lock_timeout = '60s'");
  for (const catalog::Relation& relation : relations) {
    if ((relation.kind != 'r' && relation.kind != 'p') || !relation.lockable)
      continue;  // others hold no rows of their own to read
    tables +=
        (tables.empty() ? "ONLY " : ", ONLY ") + postgres::quote(relation.name.schema, relation.name.name);
    if (++count < kTablesTogether) continue;
    const Status locked = lock_them();
    if (!locked) return locked;
  }
  return count == 0 ? Status{} : lock_them();
}

Result<bool> SourceHold::unchanged(postgres::Connection& observer) {
  const Result<std::string> then = catalog::read_fingerprint(*connection_);
  if (!then) return fail(then.error());
  const Result<std::string> now = catalog::read_fingerprint(observer);
  if (!now) return fail(now.error());
  fingerprint_ = *then;
  return *then == *now;
}

Status SourceHold::leave_files_out_of_fingerprint() {
  Result<std::string> definitions = catalog::read_fingerprint_without_files(*connection_);
  if (!definitions) return fail(definitions.error());
  fingerprint_ = std::move(*definitions);
  return {};
}

void SourceHold::release() noexcept {
  transaction_.reset();
  connection_.reset();
}

}  // namespace pghaul::discovery

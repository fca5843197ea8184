#include "live/copy_new_partition.h"

#include <fmt/format.h>

#include "live/copy_table_rows.h"
#include "postgres/publication.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::live {
namespace {

using follow::NewPartition;

constexpr const char* kLockLimit = "SET lock_timeout = '2s'";

Status publish(postgres::Connection& source, const NewPartition& partition, const std::string& slot) {
  Status added = source.execute(postgres::add_to_publication(slot, {partition.table}));
  if (added) return {};
  [[maybe_unused]] const Status undone = source.execute("ROLLBACK");
  return added;
}

/// Describes the snapshot of the source's transaction, whose first statement this is after a lock.
Result<follow::LateTable> read_start(postgres::Connection& source, const NewPartition& partition) {
  const Result<postgres::Rows> snapshot =
      source.query(fmt::format("SELECT pg_catalog.{}()::text, pg_catalog.pg_current_wal_insert_lsn()",
                               source.version() >= 130000 ? "pg_current_snapshot" : "txid_current_snapshot"));
  if (!snapshot) return fail(snapshot.error());
  return follow::LateTable{.table = partition.oid,
                           .snapshot = snapshot->string(0, 0),
                           .snapshot_until = parse_lsn(snapshot->text(0, 1)).value_or(Lsn{})};
}

/// Makes the partition on the target, as its parent's owner has it.
Status create(postgres::Connection& target, const NewPartition& partition) {
  if (Status created = target.execute(partition.create()); !created) return created;
  const Result<postgres::Rows> owner = target.query(
      "SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(relowner))"
      " FROM pg_catalog.pg_class WHERE oid = " +
      postgres::quote_literal(partition.parent) + "::pg_catalog.regclass");
  if (!owner) return fail(owner.error());
  return target.execute("ALTER TABLE " + partition.table + " OWNER TO " + owner->string(0, 0));
}

}  // namespace

Status copy_new_partition(postgres::Connection& source, postgres::Connection& target,
                          const NewPartition& partition, const follow::ProgressTable& progress,
                          const std::string& slot) {
  const auto cannot = [&](const Error& error) {
    return error.during("making " + partition.table + ", a new partition of the source, on the target");
  };
  Status done = source.execute(kLockLimit);
  if (!done) return cannot(done.error());
  if (!partition.published) {
    if (const Status published = publish(source, partition, slot); !published)
      return cannot(published.error());
  }
  postgres::Transaction reading =
      postgres::Transaction::begin(source, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  done = source.execute("LOCK TABLE ONLY " + partition.table + " IN ACCESS SHARE MODE");
  if (!done) return cannot(done.error());
  const Result<follow::LateTable> start = read_start(source, partition);
  if (!start) return cannot(start.error());
  postgres::Transaction writing = postgres::Transaction::begin(target);
  done = target.execute("SET LOCAL session_replication_role = replica");
  if (done) done = create(target, partition);
  if (done) done = copy_table_rows(source, target, partition.table, partition.columns, true);
  if (done) done = progress.set_late(target, slot, {*start});
  if (done) done = writing.commit();
  return done ? done : cannot(done.error());
}

}  // namespace pghaul::live

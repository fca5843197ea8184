#pragma once

#include <string>

#include "base/error.h"
#include "postgres/transaction.h"

namespace pghaul::postgres {

/// A state of the source that every reader sees: exported by one transaction, imported by others.
///
/// Readers import it anew in a short transaction for each task, since a transaction keeps a lock for each
/// table it has read.
/// Lifetime   while the exporting transaction is open.
/// Source     PostgreSQL manual, functions, "Snapshot Synchronization Functions".
struct Snapshot {
  std::string id;

  /// Exports the snapshot of the connection's transaction, which must be REPEATABLE READ.
  [[nodiscard]] static Result<Snapshot> export_from(Connection& holder);
  /// Begins a read-only transaction on `reader` that sees this snapshot.
  [[nodiscard]] Result<Transaction> begin(Connection& reader) const;
};

}  // namespace pghaul::postgres

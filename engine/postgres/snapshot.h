#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "postgres/transaction.h"

namespace pghaul::postgres {

/// A state of the source that every reader sees: exported by one transaction, imported by others.
///
/// Readers import it anew in a short transaction for each task, since a transaction keeps a lock for each
/// table it has read.
/// Lifetime   while the exporting transaction is open. After a restart of the server, another transaction's
///            snapshot may have the same id: so what it shows is compared.
/// Source     PostgreSQL manual, functions, "Snapshot Synchronization Functions".
class Snapshot {
 public:
  Snapshot() = default;
  explicit Snapshot(std::string id, std::string state = {}) : id_(std::move(id)), state_(std::move(state)) {}

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  /// Returns which transactions it sees, in the server's words; empty: not known yet.
  [[nodiscard]] const std::string& state() const noexcept { return state_; }

  /// Exports the snapshot of the connection's transaction, which must be REPEATABLE READ.
  [[nodiscard]] static Result<Snapshot> export_from(Connection& holder);
  /// Begins a read-only transaction on `reader` that sees this snapshot. Errors  snapshot_lost: it is gone,
  /// or its id has become another one's.
  [[nodiscard]] Result<Transaction> begin(Connection& reader) const;
  /// Begins such a transaction with a snapshot that somebody else exported, and remembers what it shows.
  [[nodiscard]] Result<Transaction> begin_first(Connection& reader);

 private:
  [[nodiscard]] Result<std::string> import_into(Connection& reader) const;

  std::string id_;
  std::string state_;
};

}  // namespace pghaul::postgres

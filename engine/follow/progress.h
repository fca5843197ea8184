#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// A table whose rows were copied under a later snapshot than those of the others.
struct LateTable {
  std::uint32_t table = 0;  // its OID on the source
  std::string snapshot;     // as SnapshotStart::parse() takes it
  Lsn snapshot_until;       // the same
};

/// The position up to which a target has the changes of a replication slot.
struct Progress {
  std::string slot;
  std::string system_identifier;  // of the source
  Lsn position;          // the end of the last transaction applied, or of what the source has passed by
  std::string snapshot;  // that it was copied under, as SnapshotStart::parse() takes it; empty: it was empty
  Lsn snapshot_until;    // the same
  std::vector<LateTable> late_tables = {};

  /// The progress of a target that holds all that the source held at `position`, and was copied under no
  /// snapshot.
  [[nodiscard]] static Progress at(Lsn position, std::string slot, std::string system_identifier);
};

/// The table in the target that holds it, a row for each slot. A row changes in the very transaction that it
/// tells of: what it says is there, is there, and nothing else.
///
/// Threads    values only, and SQL for whoever executes it; those that take a connection: the connection's.
class ProgressTable {
 public:
  /// `schema`: one of pghaul's own, which exists.
  explicit ProgressTable(std::string schema) : schema_(std::move(schema)) {}

  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }
  [[nodiscard]] Status create(postgres::Connection& target) const;
  [[nodiscard]] Status insert(postgres::Connection& target, const Progress& progress) const;
  /// Returns statements that put the slot there, wherever it was; for a transaction whose commit waits for
  /// the disk.
  [[nodiscard]] std::string set(const Progress& progress) const;
  /// Writes under which later snapshot tables are copied from now on: in the transaction that copies their
  /// rows, or before it.
  [[nodiscard]] Status set_late(postgres::Connection& target, const std::string& slot,
                                const std::vector<LateTable>& tables) const;
  /// Nothing: the target follows no such slot.
  [[nodiscard]] Result<std::optional<Progress>> find(postgres::Connection& target,
                                                     const std::string& slot) const;
  /// Waits until no other session applies the changes of `slot`, one that a crash of pghaul has left behind
  /// too; from then on none can until this one ends. Errors  refused: another one does for longer than half a
  /// minute.
  [[nodiscard]] Status claim(postgres::Connection& target, const std::string& slot) const;
  /// The statement that moves `slot` to $1. It changes no row where the slot is not at $2.
  [[nodiscard]] std::string move(const std::string& slot) const;

 private:
  [[nodiscard]] std::string table() const;
  [[nodiscard]] std::string insertion(const Progress& progress) const;
  [[nodiscard]] std::string late_tables() const;
  [[nodiscard]] Result<std::vector<LateTable>> find_late(postgres::Connection& target,
                                                         const std::string& slot) const;

  std::string schema_;
};

}  // namespace pghaul::follow

#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// The position up to which a target has the changes of a replication slot.
struct Progress {
  std::string slot;
  std::string system_identifier;  // of the source
  Lsn position;          // the end of the last transaction applied, or of what the source has passed by
  std::string snapshot;  // that the copy was made under: SnapshotStart::parse(); empty: it was empty
  Lsn snapshot_until;    // likewise

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
  /// Replaces the slot's snapshot, for a copy that goes on under another one.
  [[nodiscard]] Status set_snapshot(postgres::Connection& target, const Progress& progress) const;
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

  std::string schema_;
};

}  // namespace pghaul::follow

#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "postgres/snapshot.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {

/// Holds one server's state for as long as it is read: the transaction that exported the snapshot, with a
/// lock on each table that blocks DDL and TRUNCATE.
///
/// Ownership  owns its connection.
/// Threads    one at a time.
class SourceHold {
 public:
  /// `snapshot`: one to import, which another session keeps; empty: export our own.
  [[nodiscard]] static Result<SourceHold> open(const postgres::ConnectionString& server, postgres::Side side,
                                               const std::string& snapshot, const std::stop_token& stop = {});

  SourceHold(SourceHold&&) = default;
  SourceHold& operator=(SourceHold&& other) noexcept;

  /// Returns the connection for catalogs, as of the snapshot.
  [[nodiscard]] postgres::Connection& connection() noexcept { return *connection_; }
  /// Returns the server's number of its session.
  [[nodiscard]] std::string session() const { return std::to_string(connection_->session()); }
  [[nodiscard]] const postgres::Snapshot& snapshot() const noexcept { return snapshot_; }

  /// Locks the tables among `relations` in ACCESS SHARE mode.
  [[nodiscard]] Status lock(const std::vector<catalog::Relation>& relations);
  /// Tells whether definitions and files are still those of the snapshot, now that they are locked: seen by
  /// `observer`, a connection to the same database outside of the snapshot.
  [[nodiscard]] Result<bool> unchanged(postgres::Connection& observer);
  /// Makes fingerprint() one of definitions only: those of a source that is written to stay, and its files
  /// don't.
  [[nodiscard]] Status leave_files_out_of_fingerprint();
  /// Returns that of the tables' definitions and files, once unchanged() has returned true.
  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }

  /// Releases snapshot, locks and connection.
  void release() noexcept;

 private:
  SourceHold(std::unique_ptr<postgres::Connection> connection, postgres::Transaction transaction,
             postgres::Snapshot snapshot)
      : connection_(std::move(connection)),
        transaction_(std::move(transaction)),
        snapshot_(std::move(snapshot)) {}

  std::unique_ptr<postgres::Connection> connection_;  // at a fixed address: the transaction points to it
  std::optional<postgres::Transaction> transaction_;
  postgres::Snapshot snapshot_;
  std::string fingerprint_;
};

}  // namespace pghaul::discovery

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "crew/worker.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/snapshot.h"
#include "postgres/transaction.h"

namespace pghaul::job {

/// A transaction of the target in which rows of tables are replaced, with a session of its own.
///
/// Ownership  none of the ends, which outlive it. Rolled back unless commit() has succeeded.
/// Threads    one at a time.
class SyncWriter {
 public:
  /// Keeps triggers, rules and foreign keys from acting by session_replication_role.
  [[nodiscard]] static Result<SyncWriter> replica(const crew::Worker::Endpoints& ends);
  /// Acts as an ordinary role, and sees the target's state `compared`, whose holder may end afterwards.
  [[nodiscard]] static Result<SyncWriter> ordinary(const crew::Worker::Endpoints& ends,
                                                   const postgres::Snapshot& compared);

  [[nodiscard]] postgres::Connection& connection() noexcept { return *session_->connection; }
  /// Returns the transaction's number, as rows keep it that it writes.
  [[nodiscard]] std::uint64_t number() const noexcept { return session_->number; }
  /// Tells whether it sees what others have committed since the state that was compared.
  [[nodiscard]] bool sees_commits() const noexcept { return session_->sees_commits; }

  /// Keeps triggers, rules and foreign keys of the tables from acting until bring_back(): the owner disables
  /// the former, and defers the latter; those with actions are dropped. No other session may have read the
  /// tables in a transaction that goes on.
  [[nodiscard]] Status set_aside(const std::vector<catalog::Name>& tables);
  /// Has the foreign keys checked, and undoes what set_aside() did.
  [[nodiscard]] Status bring_back();
  [[nodiscard]] Status commit();

 private:
  struct Session {  // at a fixed address, as the transaction points to the connection
    std::optional<postgres::Connection> connection;
    std::optional<postgres::CancelOnStop> cancel_on_stop;
    std::optional<postgres::Transaction> writing;
    std::uint64_t number = 0;
    bool sees_commits = false;
  };
  explicit SyncWriter(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  [[nodiscard]] static Result<SyncWriter> open(const crew::Worker::Endpoints& ends, const std::string& mode,
                                               const std::string& first);

  std::unique_ptr<Session> session_;
  std::vector<std::string> to_bring_back_;
};

/// Names tables of which set_aside() would need rights that only their owner has, and the role isn't it.
[[nodiscard]] Result<std::vector<std::string>> tables_of_others(postgres::Connection& target);

}  // namespace pghaul::job

#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fencing/fenced_tables.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// The triggers on a server that refuse all writes once it is closed, and their one function.
///
/// The triggers are made beforehand, and the function lets everything pass. Closing replaces the function in
/// a transaction that holds a lock on all tables; opening replaces it again. Each trigger stands for all four
/// events, on the partitioned tables and on their partitions, and fires in every session, whatever its
/// session_replication_role. Writers that wait for the lock, and those with an older snapshot, meet the new
/// function, too: functions are looked up in the newest catalog. A session that has set pghaul.applier
/// passes.
///
/// It lets pass the owner's DISABLE TRIGGER, DDL, and a subscription's apply worker.
///
/// Threads  values only; those that take a connection: the connection's.
class Fence {
 public:
  /// `name`: of the registration, after which triggers and function are called.
  explicit Fence(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& trigger() const noexcept { return name_; }

  /// Tells whether the server has the function: it is closed, or a switchover is under way.
  [[nodiscard]] Result<bool> is_there(postgres::Connection& server) const;
  /// Tells whether every write is refused.
  [[nodiscard]] Result<bool> is_closed(postgres::Connection& server) const;
  /// Makes the function that lets everything pass, unless there is one.
  [[nodiscard]] Status create_function(postgres::Connection& server) const;
  /// Makes the triggers that are missing, table by table, as nobody is to wait for more than one lock. Errors
  /// refused: another session keeps a table for too long.
  [[nodiscard]] Status create_triggers(postgres::Connection& server,
                                       const std::vector<FencedTable>& tables) const;
  /// Returns the statement after whose commit every write is refused with this message.
  [[nodiscard]] std::string close(std::string_view message, std::string_view hint) const;
  /// Lets every write pass again, where there is a function.
  [[nodiscard]] Status open_again(postgres::Connection& server) const;
  /// Removes triggers and function; what does not exist is no error. Errors  refused: likewise; what could be
  /// removed is.
  [[nodiscard]] Status remove(postgres::Connection& server) const;

 private:
  [[nodiscard]] std::string function() const;
  [[nodiscard]] std::string define(const std::string& body) const;
  /// Returns the statement after whose commit every write passes.
  [[nodiscard]] std::string pass() const;

  std::string name_;
};

}  // namespace pghaul::fencing

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "fencing/fenced_tables.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// The transaction on a server that makes writers wait, and at whose commit the server is closed.
///
/// Whatever becomes of this process, writers go on soon: the server ends the session of one that has hung or
/// whose machine is gone, within 3 seconds or the time that writers may wait, whichever is longer.
///
/// Ownership  owns its connection; rolled back when destroyed before commit().
/// Threads    one.
/// Errors     of approach() and take(): refused where others hold locks; the transaction is rolled back then.
class Hold {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// `at_most`: for how long writers may wait.
  [[nodiscard]] static Result<Hold> open(const postgres::ConnectionString& server, milliseconds at_most,
                                         const std::stop_token& stop);

  /// Begins, and locks the tables against maintenance, which sends an autovacuum away; writers go on. Gives
  /// up when DDL queues behind it, as all writers would wait for that. `watch`: another session.
  [[nodiscard]] Status approach(const std::vector<FencedTable>& tables, postgres::Connection& watch);
  /// Makes writers wait. `limit`: for as long as those may already wait for the ones before them.
  [[nodiscard]] Status take(const std::vector<FencedTable>& tables, milliseconds limit);
  /// Limits each statement from here on to that time.
  [[nodiscard]] Status limit_to(milliseconds time);
  [[nodiscard]] postgres::Connection& connection() noexcept { return connection_; }
  /// Decides. Errors  connection_lost: it may have been committed.
  [[nodiscard]] Status commit();
  /// Lets writers go on.
  void release();

 private:
  explicit Hold(postgres::Connection connection, milliseconds at_most)
      : connection_(std::move(connection)), at_most_(at_most) {}
  [[nodiscard]] Status lock(const std::vector<FencedTable>& tables, const char* mode, milliseconds limit);

  postgres::Connection connection_;
  milliseconds at_most_;
  bool begun_ = false;
};

}  // namespace pghaul::fencing

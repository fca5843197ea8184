#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::postgres {

/// A transaction that ends with its scope: rolled back unless commit() was called.
///
/// Ownership  none of the connection, which must outlive it.
/// Threads    the connection's.
class Transaction {
 public:
  /// Begins together with the next statement, in one round trip. `mode`: what follows BEGIN, such as
  /// "ISOLATION LEVEL REPEATABLE READ READ ONLY".
  [[nodiscard]] static Transaction begin(Connection& connection, const std::string& mode = {});
  /// Wraps the transaction that a statement has begun on the connection.
  [[nodiscard]] static Transaction begun(Connection& connection) { return Transaction(connection); }
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  [[nodiscard]] Status commit();
  /// Commits after one more statement, in one round trip; rolled back when that fails.
  [[nodiscard]] Status commit(const std::string& last_statement);
  /// Commits after several scripts, run by Connection::execute_all(). `done`: how many of them have
  /// succeeded.
  [[nodiscard]] Status commit(std::vector<std::string> scripts, std::size_t& done);

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // nullptr once ended or moved from
};

}  // namespace pghaul::postgres

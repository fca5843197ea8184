#include "postgres/transaction.h"

#include <utility>

namespace pghaul::postgres {

Transaction Transaction::begin(Connection& connection, const std::string& mode) {
  connection.send_ahead("BEGIN " + mode);
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  if (connection_->forget_ahead()) return;  // it has not begun
  // Where the connection is lost, the server has rolled back by itself.
  [[maybe_unused]] const Status rolled_back = connection_->execute("ROLLBACK");
}

Status Transaction::commit() {
  Connection& connection = *std::exchange(connection_, nullptr);
  return connection.execute("COMMIT");
}

Status Transaction::commit(const std::string& last_statement) {
  Status committed = connection_->execute(last_statement + "; COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

Status Transaction::commit(std::vector<std::string> scripts, std::size_t& done) {
  scripts.emplace_back("COMMIT");
  Status committed = connection_->execute_all(scripts, done);
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace pghaul::postgres

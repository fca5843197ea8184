#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/rows.h"
#include "postgres/silence.h"

namespace pghaul::postgres {

/// Sends statements one after another without waiting for their answers, which come in the same order.
///
/// At most 256 kB wait in libpq, as it moves all that waits each time the server takes a part: a larger
/// statement has been sent when the function returns. At most a few thousand answers are outstanding.
///
/// Ownership  none of the connection, which must outlive it and serves for nothing else meanwhile.
/// Threads    one at a time.
/// Waiting    for the server to take statements or to answer, as long as it answers others (Silence).
/// Errors     of each function: what the judge gave; connection_lost; interrupted, once `stop` is requested
///            while it waits. After an error only destruction is of use, with the connection.
/// Source     PostgreSQL manual, libpq, "Pipeline Mode".
class StatementPipeline {
 public:
  /// Judges an answer: rows, or why the server refused the statement. In the order of the statements.
  using Judge = std::function<Status(const Result<Rows>& answer)>;
  [[nodiscard]] static Result<StatementPipeline> begin(Connection& connection, Judge judge,
                                                       const std::stop_token& stop);

  /// Sends a statement, to be executed by its name. Gives an answer, too.
  [[nodiscard]] Status prepare(const std::string& name, const std::string& sql);
  /// Executes a prepared statement. A null pointer is NULL; others are texts that end in a zero byte.
  [[nodiscard]] Status execute(const std::string& name, std::span<const char* const> values);
  /// Executes a prepared statement whose parameters are all given in the binary format of their types.
  [[nodiscard]] Status execute_binary(const std::string& name, std::span<const std::string> values);
  [[nodiscard]] Status run(const std::string& sql);
  /// Ends what an error would skip, and a transaction that is not explicit.
  [[nodiscard]] Status sync();

  /// Lets the server begin with what has been sent, and answer it, without waiting for either.
  [[nodiscard]] Status flush();
  /// Waits for the answers to all that has been sent.
  [[nodiscard]] Status await_answers();
  /// Judges the answers that have come, without waiting.
  [[nodiscard]] Status read_answers();
  /// Judges them, and tells whether all have come.
  [[nodiscard]] Result<bool> has_answered();
  /// Runs one statement after all others, and gives its rows instead of having them judged.
  [[nodiscard]] Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters);

 private:
  StatementPipeline(Connection& connection, Judge judge, std::stop_token stop);
  [[nodiscard]] Status sent(int accepted, std::size_t bytes);
  [[nodiscard]] Status send_all();
  [[nodiscard]] Status wait(bool to_send);
  [[nodiscard]] tl::unexpected<Error> broken() const;

  Connection* connection_;
  Judge judge_;
  std::stop_token stop_;
  std::size_t queued_bytes_ = 0;    // at most, in libpq
  std::size_t outstanding_ = 0;     // answers
  std::size_t unasked_ = 0;         // answers that the server may keep to itself for now
  Result<Rows>* wanted_ = nullptr;  // where query() has its rows put
};

}  // namespace pghaul::postgres

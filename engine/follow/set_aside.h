#pragma once

#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// Triggers, rules and foreign keys of a target whose role may not set session_replication_role: while
/// changes are applied, it has to do without them, as they would repeat what the source's have done. Triggers
/// and rules are disabled, foreign keys dropped, and how to bring them back stands in a table in the target.
///
/// Triggers that are to fire in each session (ENABLE ALWAYS) stay as they are.
///
/// Threads  the connection's. Each function's work is done as a whole or not at all.
/// Errors   server_error: the role does not own a table; interrupted, once a stop is requested.
class SetAside {
 public:
  /// `schema`: one of pghaul's own, which exists.
  explicit SetAside(std::string schema) : schema_(std::move(schema)) {}

  /// Tells whether something is set aside.
  [[nodiscard]] Result<bool> has_any(postgres::Connection& target) const;
  /// Sets aside what there is and has not been. Asks for its locks again and again, each time for half a
  /// second only: those who hold a table, as the sessions of a comparison do, may come to another one behind
  /// this.
  [[nodiscard]] Status set_aside(postgres::Connection& target, const std::stop_token& stop) const;
  /// Brings all of it back, foreign keys after a look at all rows.
  [[nodiscard]] Status restore(postgres::Connection& target) const;

 private:
  [[nodiscard]] Status try_to_set_aside(postgres::Connection& target) const;

  std::string schema_;
};

}  // namespace pghaul::follow

#pragma once

#include "base/error.h"
#include "postgres/connection.h"

/// pghaul's sessions fail where row security would hide rows from them. What users have written, queries of
/// materialized views and functions in indexes, runs as the owner and shows what he may see, as on the
/// source.
namespace pghaul::tasks {

/// Of the transaction that has been begun.
inline void obey_row_security(postgres::Connection& target) {
  target.send_ahead("SET LOCAL row_security = on");
}

/// Runs one statement that can't be in a transaction.
[[nodiscard]] inline Status execute_obeying_row_security(postgres::Connection& target,
                                                         const std::string& statement) {
  if (const Status on = target.execute("SET row_security = on"); !on) return on;
  const Status done = target.execute(statement);
  const Status off = target.execute("SET row_security = off");
  return done ? off : done;
}

}  // namespace pghaul::tasks

#pragma once

#include "base/error.h"
#include "postgres/connection.h"

/// Row security for pghaul's sessions, which fail where it would hide rows from them. Queries of materialized
/// views and functions in indexes, which users have written, run as the owner and show what he may see, as on
/// the source.
namespace pghaul::tasks {

/// Enables it for the transaction that has been begun.
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

#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"

/// Whether others write to a database meanwhile.
namespace pghaul::catalog {

struct Writers {
  std::int64_t open_transactions = 0;  // of other sessions, that have written, or are prepared
  std::int64_t rows_written = 0;       // ever, to the tables of users, by the server's statistics
};
[[nodiscard]] Result<Writers> read_writers(postgres::Connection& connection);

/// Returns how many transactions that had written ended on the server between two read_state()s, whichever
/// its databases; 0 where that is not known, as after a restart.
[[nodiscard]] std::int64_t transactions_between(const std::string& then, const std::string& now);

}  // namespace pghaul::catalog

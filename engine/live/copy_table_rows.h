#pragma once

#include <string>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"

namespace pghaul::live {

/// Copies the rows of one table, without those of tables below it, in the transactions that both sessions are
/// in: for few rows, as one thread does it. `table` and `columns` are quoted; no columns: those there are.
/// `freeze`: the target's transaction has made or truncated the table.
///
/// Errors  mismatch: the target stored another number of rows than came.
[[nodiscard]] Status copy_table_rows(postgres::Connection& source, postgres::Connection& target,
                                     const std::string& table, const std::string& columns, bool freeze);

/// Copies rows from one COPY statement to another; `what` names them in errors.
[[nodiscard]] Status copy_rows(postgres::Connection& source, const std::string& copy_out,
                               postgres::Connection& target, const std::string& copy_in,
                               postgres::CopyFormat format, const std::string& what);

}  // namespace pghaul::live

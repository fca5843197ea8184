#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::schema {

/// Number of statements that share a transaction: each that drops an object holds a few locks until its end.
inline constexpr std::size_t kDroppedTogether = 200;

/// Runs the statements that a query lists in its first column, NULLs aside, kDroppedTogether of them in one
/// transaction. With `may_stay` each has its own, and what the role may not do is skipped.
[[nodiscard]] Status run_listed(postgres::Connection& target, const std::string& listing,
                                bool may_stay = false);

}  // namespace pghaul::schema

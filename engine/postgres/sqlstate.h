#pragma once

namespace pghaul::postgres {

/// The SQLSTATE of a lock that was not to be had in time, or at once where that was asked for.
/// Source  PostgreSQL manual, appendix "PostgreSQL Error Codes": lock_not_available.
inline constexpr const char* kLockNotAvailable = "55P03";

}  // namespace pghaul::postgres

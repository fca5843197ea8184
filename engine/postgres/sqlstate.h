#pragma once

namespace pghaul::postgres {

/// SQLSTATEs that several files look for, by the names of their conditions.
/// Source  PostgreSQL manual, appendix "PostgreSQL Error Codes".
inline constexpr const char* kInvalidCatalogName = "3D000";    // there is no such database
inline constexpr const char* kSerializationFailure = "40001";  // also: a standby cancels a query to go on
inline constexpr const char* kDeadlockDetected = "40P01";
inline constexpr const char* kInsufficientPrivilege = "42501";
inline constexpr const char* kLockNotAvailable = "55P03";  // in time, or at once where that was asked for
inline constexpr const char* kQueryCanceled = "57014";     // on request, or by statement_timeout
inline constexpr const char* kAdminShutdown = "57P01";
inline constexpr const char* kCrashShutdown = "57P02";
inline constexpr const char* kCannotConnectNow = "57P03";
inline constexpr const char* kIdleSessionTimeout = "57P05";

}  // namespace pghaul::postgres

#include "crew/retry.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "postgres/no_session.h"
#include "postgres/sqlstate.h"

namespace pghaul::crew {
namespace {

constexpr std::chrono::milliseconds kLongest{10'000};

/// Source  PostgreSQL manual, appendix "PostgreSQL Error Codes".
constexpr std::string_view kTooManyConnections = "53300";
constexpr std::array<std::string_view, 8> kPassing = {
    postgres::kSerializationFailure,
    postgres::kDeadlockDetected,
    kTooManyConnections,
    postgres::kAdminShutdown,
    postgres::kCrashShutdown,
    postgres::kCannotConnectNow,
    postgres::kIdleSessionTimeout,
    "25P03",  // idle_in_transaction_session_timeout
};

/// Tells whether the server accepted the connection only to refuse it, and would again.
bool is_refusal(std::string_view sqlstate) {
  return sqlstate.starts_with("28") || sqlstate == postgres::kInvalidCatalogName ||
         sqlstate == postgres::kInsufficientPrivilege;
}

}  // namespace

bool may_pass(const Error& error) {
  if (error.code == ErrorCode::connection_lost || error.sqlstate == postgres::kLockNotAvailable) return true;
  if (error.code == ErrorCode::connection_failed) return !is_refusal(error.sqlstate);
  return error.code == ErrorCode::server_error &&
         std::ranges::find(kPassing, error.sqlstate) != kPassing.end();
}

bool has_no_place(const Error& error) {
  return error.code == ErrorCode::connection_failed &&
         (error.sqlstate == postgres::kNoSession || error.sqlstate == kTooManyConnections);
}

std::optional<std::chrono::milliseconds> Backoff::after(const Error& error,
                                                        std::chrono::milliseconds attempt) {
  if (error.code == ErrorCode::connection_failed) left_ -= attempt;
  if (left_ <= std::chrono::milliseconds::zero()) return std::nullopt;
  const std::chrono::milliseconds wait = std::min(next_, left_);
  left_ -= wait;
  next_ = std::min(2 * next_, kLongest);
  return wait;
}

std::chrono::milliseconds milliseconds_since(const measure::Timeline& timeline, double start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(timeline.now() - start));
}

}  // namespace pghaul::crew

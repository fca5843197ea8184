#include "fencing/under_lock.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "postgres/sqlstate.h"

namespace pghaul::fencing {
namespace {

/// Limits one wait for a table, and with it that of those who come later.
constexpr std::chrono::milliseconds kLockWait{100};
constexpr std::chrono::milliseconds kPause{200};
constexpr int kAttempts = 30;

}  // namespace

bool was_locked(const Error& error) {
  return error.sqlstate == postgres::kLockNotAvailable || error.sqlstate == postgres::kDeadlockDetected;
}

Status run_under_lock(postgres::Connection& server, const std::string& statements) {
  const std::string transaction =
      fmt::format("BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL synchronous_commit = off; {}; COMMIT",
                  kLockWait.count(), statements);
  for (int attempt = 1;; ++attempt) {
    Status done = server.execute(transaction);
    if (done) return {};
    [[maybe_unused]] const Status undone = server.execute("ROLLBACK");
    if (!was_locked(done.error()) || attempt == kAttempts) return done;
    std::this_thread::sleep_for(kPause);
  }
}

Error not_made(const std::string& what, Error error) {
  error.message = "cannot make " + what + ": " + error.message;
  if (was_locked(error)) error.code = ErrorCode::refused;
  return error;
}

}  // namespace pghaul::fencing

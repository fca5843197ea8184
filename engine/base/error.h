#pragma once

#include <string>
#include <tl/expected.hpp>

namespace pghaul {

/// A kind of failure that a caller can act on. The numbers are those of `pghaul_code` in pghaul.h: frozen.
enum class ErrorCode : int {
  ok = 0,
  usage = 1,              // an option or its value is wrong
  refused = 2,            // by a finding, or not confirmed: nothing was touched
  connection_failed = 3,  // a server could not be reached or did not let us in
  connection_lost = 4,    // a connection that worked has gone
  server_error = 5,       // a server refused a statement; `sqlstate` says why
  program_missing = 6,    // no suitable pg_dump or pg_restore on this machine
  program_failed = 7,     // pg_dump or pg_restore ended with an error
  mismatch = 8,           // copied, but source and target differ
  interrupted = 9,        // somebody asked to stop
  system = 10,            // this machine: a file, a process, memory
  internal = 11,          // a defect of pghaul
  snapshot_lost = 12,     // the source's snapshot is gone, and what it showed may have changed
};

/// A failure on its way to whoever can decide.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;   // what failed, on which object: "cannot read rows of public.orders"
  std::string sqlstate;  // five characters when a server refused, otherwise empty
  std::string hint;      // one thing the operator can do; may be empty
  std::string object;    // the object that failed, if it was a single one that is known: "public.orders"

  /// Returns the same failure, with what was being done in front of its message.
  [[nodiscard]] tl::unexpected<Error> during(const std::string& what) const;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// Makes a failure that a function with a Result can return.
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {});
[[nodiscard]] tl::unexpected<Error> fail(Error error);

}  // namespace pghaul

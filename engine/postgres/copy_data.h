#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "postgres/connection.h"

namespace pghaul::postgres {

/// The CopyData messages of a COPY … TO STDOUT that has begun.
///
/// Ownership  none of the connection. Destroyed before the end was read or dropped, it breaks the connection.
/// Threads    one; Lifeline ends a wait from any other.
/// Lifetime   ends before its connection's, which is free again afterwards.
class CopyData {
 public:
  virtual ~CopyData() = default;
  /// Reads the next message. False: there was none left, and the statement has succeeded. `payload` is good
  /// until the next call.
  [[nodiscard]] virtual Result<bool> next(std::span<const std::byte>& payload) = 0;
  /// Reads and drops the rest, so that the connection can be used again: for a COPY that was cancelled, or
  /// has little left to send.
  virtual void drop_rest() = 0;
};

/// Runs `sql`, whose last statement is the COPY; `what` names its rows in errors.
[[nodiscard]] Result<std::unique_ptr<CopyData>> begin_copy_out(Connection& connection, const std::string& sql,
                                                               const std::string& what);

}  // namespace pghaul::postgres

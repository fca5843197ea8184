#pragma once

#include <string>
#include <utility>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// The console of a PgBouncer, by which it is told what to do: on the host of its file.
class PoolerConsole {
 public:
  /// `connection`  leads to it; empty: the socket that Debian's PgBouncer has.
  /// `file`        the file of PgBouncer's that it is asked for; errors name it.
  PoolerConsole(std::string connection, std::string file);

  /// Errors  PGHAUL_EXIT_UNREACHABLE: it is not there, refuses, or takes longer than 10 s.
  [[nodiscard]] Outcome tell(const std::string& command) const;
  /// Sends PAUSE for one of its databases, and returns once new statements wait, and open transactions have ended
  /// or have had a second for that.
  [[nodiscard]] Outcome begin_pause(const std::string& database) const;
  /// Says whether statements for one of its databases wait, after PAUSE.
  [[nodiscard]] Result<bool> is_paused(const std::string& database) const;
  /// Runs SHOW CONFIG; returns the value of a setting, or an empty text.
  [[nodiscard]] Result<std::string> setting(const std::string& name) const;

 private:
  std::string connection_;
  std::string file_;
};

/// Splits "NAME via CONNECTION" into the two; without the latter the second is empty.
[[nodiscard]] std::pair<std::string, std::string> split_console(const std::string& text);

}  // namespace pghaul::platform

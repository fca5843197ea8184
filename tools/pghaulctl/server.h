#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failure.h"
#include "reach.h"

namespace pghaul::platform {

/// The rows of an answer; NULL is an empty text.
using Rows = std::vector<std::vector<std::string>>;

/// One connection to a server, with an empty search_path.
///
/// Ownership  closes the connection when destroyed; moves, never copies.
/// Threads    one at a time.
class Server {
 public:
  /// `name` is what errors call it. `user`: whose process connects, for peer authentication. `host`: the
  /// command that leads to its machine, where connection string and user are meant; empty: this one.
  /// Errors  PGHAUL_EXIT_UNREACHABLE.
  [[nodiscard]] static Result<Server> open(const std::string& connection_string, const std::string& name,
                                           std::optional<uid_t> user, const std::string& host = {});

  /// Runs statements, in one transaction unless they say otherwise; returns the rows of the last.
  [[nodiscard]] Result<Rows> query(const std::string& sql);
  /// Runs statements whose rows do not matter.
  [[nodiscard]] Outcome run(const std::string& sql);

  [[nodiscard]] std::string identifier(const std::string& name) const;
  [[nodiscard]] std::string literal(const std::string& text) const;
  /// Writes a list of literals: 'a', 'b'. NULL where there is none.
  [[nodiscard]] std::string literals(const std::vector<std::string>& texts) const;
  /// Makes the SCRAM verifier of a password here, so that the server and its log never have the password.
  [[nodiscard]] Result<std::string> verifier(const std::string& role, const std::string& password) const;
  /// Returns the version as libpq gives it: 150018.
  [[nodiscard]] int version() const;

 private:
  Server(Reached reached, std::string name) : reached_(std::move(reached)), name_(std::move(name)) {}
  [[nodiscard]] pg_conn* handle() const { return reached_.connection.get(); }

  Reached reached_;
  std::string name_;
};

/// Writes "keyword='value'" as libpq reads it.
[[nodiscard]] std::string keyword(const std::string& name, const std::string& value);

}  // namespace pghaul::platform

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failure.h"
#include "reach.h"

struct pg_result;

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
  /// `sqlstate`  is set to that of the server's refusal, of a server on another host.
  /// Errors  PGHAUL_EXIT_UNREACHABLE.
  [[nodiscard]] static Result<Server> open(const std::string& connection_string, const std::string& name,
                                           std::optional<uid_t> user, const std::string& host = {},
                                           std::string* sqlstate = nullptr);

  /// Runs statements, in one transaction unless they say otherwise; returns the rows of the last.
  /// Errors  PGHAUL_EXIT_UNREACHABLE: the connection is lost; or it is carried from another host, and no
  /// answer
  ///         has come for 10 minutes, after which it is of no use any more.
  [[nodiscard]] Result<Rows> query(const std::string& sql);
  /// Runs statements whose rows do not matter.
  [[nodiscard]] Outcome run(const std::string& sql);

  [[nodiscard]] std::string identifier(const std::string& name) const;
  [[nodiscard]] std::string literal(const std::string& text) const;
  /// Writes a list of literals: 'a', 'b'. NULL where there is none.
  [[nodiscard]] std::string literals(const std::vector<std::string>& texts) const;
  /// Makes the SCRAM verifier of a password here, so that the server and its log never have the password.
  [[nodiscard]] Result<std::string> verifier(const std::string& role, const std::string& password) const;
  /// Has statements on a carried connection wait no longer than this for their answers.
  void give_up_after(std::chrono::milliseconds longest) { longest_ = longest; }
  /// Returns the version as libpq gives it: 150018.
  [[nodiscard]] int version() const;

 private:
  Server(Reached reached, std::string name) : reached_(std::move(reached)), name_(std::move(name)) {}
  [[nodiscard]] pg_conn* handle() const { return reached_.connection.get(); }
  using Answer = std::unique_ptr<pg_result, void (*)(pg_result*)>;
  [[nodiscard]] Answer answer_to(const std::string& sql);

  Reached reached_;
  std::string name_;
  std::chrono::milliseconds longest_{std::chrono::minutes(10)};
  bool silent_ = false;  // an answer has not come in time
};

/// Writes "keyword='value'" as libpq reads it.
[[nodiscard]] std::string keyword(const std::string& name, const std::string& value);

}  // namespace pghaul::platform

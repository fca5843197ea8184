#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "postgres/rows.h"

namespace pghaul::postgres {

/// Which end of the copy a server is; shown in errors: "source" or "target".
enum class Side { source, target };
[[nodiscard]] const char* side_name(Side side) noexcept;

/// Asks the server to give up what a connection is running. From any thread, also while it runs.
///
/// Lifetime   independent of the connection it was taken from.
/// Source     PostgreSQL manual, libpq, "Canceling Queries in Progress".
class Canceller {
 public:
  explicit Canceller(PGconn* handle) : handle_(PQgetCancel(handle)) {}
  void cancel() noexcept;

 private:
  struct Free {
    void operator()(PGcancel* handle) const noexcept { PQfreeCancel(handle); }
  };
  std::unique_ptr<PGcancel, Free> handle_;
};

/// One connection to one PostgreSQL server, with every setting that changes output or input pinned.
///
/// Ownership  closes the connection when destroyed; moves, never copies.
/// Threads    one at a time; canceller() gives what other threads may use.
/// Errors     connection_failed when it cannot be opened; connection_lost when it breaks later, after which
///            only destruction is of use; server_error, with the SQLSTATE, when a statement is refused.
class Connection {
 public:
  /// `encoding`: client_encoding, the source's for both servers; empty: this server's own.
  [[nodiscard]] static Result<Connection> open(const ConnectionString& server, Side side,
                                               const std::string& encoding = {});

  /// Runs one statement and holds all its rows in memory: for catalogs, not for table data.
  [[nodiscard]] Result<Rows> query(const std::string& sql);
  /// As query(), with $1, $2 … given as text.
  [[nodiscard]] Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters);
  /// Runs one or more statements, and forgets their results.
  [[nodiscard]] Status execute(const std::string& sql);

  [[nodiscard]] Side side() const noexcept { return side_; }
  /// As server_version_num: 150004.
  [[nodiscard]] int version() const noexcept { return PQserverVersion(handle_.get()); }
  [[nodiscard]] std::string database() const;
  [[nodiscard]] std::string user() const;
  /// How to reach this very server again, for programs that are given nothing else: variables, service and
  /// password files are followed, and of several hosts it is the one connected to. Holds the password.
  [[nodiscard]] ConnectionString effective() const;
  /// The server runs where we do, as far as its address tells.
  [[nodiscard]] bool on_this_machine() const;
  /// For people, without secrets: "shop on db.example.com:5432".
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] std::shared_ptr<Canceller> canceller() const { return canceller_; }

  /// For the files of this room only.
  [[nodiscard]] PGconn* handle() const noexcept { return handle_.get(); }
  [[nodiscard]] Error error(const std::string& what, const PGresult* result) const;

 private:
  struct Finish {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
  };
  Connection(PGconn* handle, Side side);

  std::unique_ptr<PGconn, Finish> handle_;
  Side side_;
  std::shared_ptr<Canceller> canceller_;
};

}  // namespace pghaul::postgres

#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "postgres/lifeline.h"
#include "postgres/rows.h"

namespace pghaul::postgres {

/// The end of the copy at which a server stands; shown in errors: "source" or "target".
enum class Side { source, target };
[[nodiscard]] const char* side_name(Side side) noexcept;

/// SQLSTATE of the last message of a connection whose link broke.
inline constexpr const char* kLinkLost = "PGH01";

/// Tells whether the server runs on this machine, as far as its address shows.
[[nodiscard]] bool is_on_this_machine(const PGconn* handle);

/// A refusal of the server.
/// Source  PostgreSQL manual, protocol, "Error and Notice Message Fields".
struct Complaint {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string context;
  std::string hint;
};

/// One connection to one PostgreSQL server, with every setting that changes output or input pinned.
///
/// Ownership  closes the connection when destroyed; moves, never copies.
/// Threads    one at a time; lifeline() gives what other threads may use.
/// Waiting    for an answer, as long as the server answers new connections; once it has answered none for
///            ConnectionString::silence_limit(), the connection breaks.
/// Errors     connection_failed when it cannot be opened; connection_lost when it breaks later, after which
///            only destruction is of use; server_error, with the SQLSTATE, when a statement is refused.
class Connection {
 public:
  /// `encoding`: client_encoding, the source's for both servers; empty: this server's own. Gives up after
  /// connect_timeout (of the string; 15 s without one) for each host, and soon after `stop` is requested.
  [[nodiscard]] static Result<Connection> open(const ConnectionString& server, Side side,
                                               const std::string& encoding = {},
                                               const std::stop_token& stop = {});

  /// Runs one statement and holds all its rows in memory: for catalogs, not for table data.
  [[nodiscard]] Result<Rows> query(const std::string& sql);
  /// Runs query() with $1, $2 … given as text.
  [[nodiscard]] Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters);
  /// Runs query() against a server that may not answer. Errors  connection_lost when it has not answered in
  /// time: the connection can't be used any more.
  [[nodiscard]] Result<Rows> query_within(const std::string& sql, std::chrono::milliseconds time);
  /// Runs query() for each of several, all in one round trip; without a transaction they share one.
  [[nodiscard]] Result<std::vector<Rows>> query_all(const std::vector<std::string>& statements);
  /// Runs scripts of statements that give no rows, all in one round trip, up to the first that fails. `done`:
  /// how many of them have succeeded.
  [[nodiscard]] Status execute_all(const std::vector<std::string>& scripts, std::size_t& done);
  /// Sends `statement` in one round trip with the next one, ahead of it; if it fails, so does that one.
  void send_ahead(const std::string& statement) { ahead_.push_back(statement + ";"); }
  /// Drops the statements that were to go ahead; returns whether there were any.
  bool forget_ahead() noexcept { return !std::exchange(ahead_, {}).empty(); }
  /// Runs one or more statements, and drops their results.
  [[nodiscard]] Status execute(const std::string& sql);

  [[nodiscard]] Side side() const noexcept { return side_; }
  /// For how long the server may answer nobody.
  [[nodiscard]] std::chrono::seconds silence_limit() const noexcept { return silence_limit_; }
  /// Returns server_version_num: 150004.
  [[nodiscard]] int version() const noexcept { return PQserverVersion(handle_.get()); }
  /// Returns the server's process as the server names it; a pooler in between knows another one.
  [[nodiscard]] std::int64_t session() const noexcept { return session_; }
  [[nodiscard]] std::string database() const;
  [[nodiscard]] std::string user() const;
  /// Returns how to reach this very server again, for programs that are given nothing else: variables,
  /// service and password files are resolved, and of several hosts it holds the connected one. Contains the
  /// password.
  [[nodiscard]] ConnectionString effective() const;
  /// Tells whether the server runs on this machine, as far as its address shows.
  [[nodiscard]] bool on_this_machine() const;
  /// Returns how another process carries the connection's bytes; nullptr when none does.
  [[nodiscard]] const std::shared_ptr<const ConnectionString::Detour>& detour() const noexcept {
    return detour_;
  }
  /// Describes the database for people, without secrets: "shop on db.example.com:5432".
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] const std::shared_ptr<Lifeline>& lifeline() const noexcept { return lifeline_; }

  /// For the files of this room only.
  [[nodiscard]] PGconn* handle() const noexcept { return handle_.get(); }
  /// Runs PQexec(); the caller owns the result.
  [[nodiscard]] Result<PGresult*> run(const std::string& sql);
  /// Returns when PQgetResult() will not have to wait. Errors  connection_lost: the server has stopped
  /// responding.
  [[nodiscard]] Status await_answer();
  /// Returns when `over` returns true; it is called whenever there is something to read. Errors  those of
  /// await_answer().
  [[nodiscard]] Status await(const std::function<bool()>& over);
  /// Returns the message to send for `sql`, with the statements that go ahead of it, which are then
  /// forgotten.
  [[nodiscard]] std::string with_what_goes_ahead(const std::string& sql);
  /// Drops what is left of an earlier statement's results, as PQexec() does.
  void discard_results();
  [[nodiscard]] Error error(const std::string& what, const PGresult* result) const;
  [[nodiscard]] Error error(const std::string& what, const Complaint& complaint) const;

 private:
  struct Finish {
    std::shared_ptr<Lifeline> lifeline;
    void operator()(PGconn* handle) const noexcept {
      if (lifeline) lifeline->forget();
      PQfinish(handle);
    }
  };
  Connection(PGconn* handle, Side side, std::chrono::seconds silence_limit);

  [[nodiscard]] Result<PGresult*> result_of_query();
  [[nodiscard]] Result<Rows> rows_of(Result<PGresult*> result) const;

  std::shared_ptr<Lifeline> lifeline_;
  std::unique_ptr<PGconn, Finish> handle_;
  Side side_;
  std::chrono::seconds silence_limit_;
  std::int64_t session_ = 0;
  std::vector<std::string> ahead_;  // statements that go ahead of the next one
  std::shared_ptr<const ConnectionString::Detour> detour_;
};

}  // namespace pghaul::postgres

#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "postgres/connection.h"

namespace pghaul::scripted {

class ScriptedLibpq;

/// The content of a PGresult.
struct Answer {
  ExecStatusType status = PGRES_TUPLES_OK;
  std::vector<std::vector<std::string>> rows = {};
  std::string affected = {};  // as PQcmdTuples() gives it
  std::string sqlstate = {};
  std::string message = {};
};
[[nodiscard]] Answer rows(std::vector<std::vector<std::string>> values);
[[nodiscard]] Answer done(std::string affected = {});
[[nodiscard]] Answer refusal(std::string sqlstate, std::string message);
/// The result that libpq makes up when the connection is gone.
[[nodiscard]] Answer connection_gone();

/// A value of an answer's row that is NULL.
inline constexpr const char* kNull = "\\N";
/// No result: the statement has no further ones.
inline constexpr std::monostate kNothing{};

/// One call that the engine has to make next, and what comes of it.
struct Call {
  std::string
      text;  // the function and what it was given: "PQsendQuery COMMIT"; a last "…" stands for any rest
  std::variant<int, std::monostate, Answer, std::string> gives;  // a text: of PQgetCopyData()
  std::function<void(ScriptedLibpq&)> meanwhile = {};            // happens before the call returns
};

/// Plays libpq by a script: the PQ… functions of this program expect the calls of the script in its order,
/// and give its answers. So a test can have what no real server gives on demand: a send that would block, a
/// connection that breaks between a commit and its answer.
///
/// The calls that talk to the server are scripted. Those that only read a connection or a result answer by
/// themselves. The socket is real: poll() sees what the script does to it.
///
/// Lifetime   one at a time. When it ends, a call that was not made fails the test, as does a result or a
///            connection that was not freed.
/// Threads    any that calls libpq, one at a time as the script says; the others when none does.
class ScriptedLibpq {
 public:
  static constexpr int kSession = 4711;  // as PQbackendPID() gives it

  ScriptedLibpq();
  ~ScriptedLibpq();
  ScriptedLibpq(const ScriptedLibpq&) = delete;
  ScriptedLibpq& operator=(const ScriptedLibpq&) = delete;

  void expect(std::initializer_list<Call> calls) { script_.insert(script_.end(), calls); }
  /// The whole of one statement, from looking for what an earlier one has left to its last answer.
  void expect_statement(const std::string& sql, const std::vector<Answer>& answers);

  /// The calls that open a session, which has this number at the server.
  void expect_opening(int session = kSession);
  /// A session on the server, after the calls that open one.
  [[nodiscard]] postgres::Connection open(postgres::Side side = postgres::Side::target,
                                          std::chrono::seconds silence_limit = std::chrono::seconds(120),
                                          int session = kSession);

  /// Sends bytes as the server.
  void send(const std::string& bytes) const;
  /// Waits, as the server, for so many bytes; fewer: the client has closed its end.
  [[nodiscard]] std::string receive(std::size_t count) const;
  /// Tells whether the client has broken its end of the connection.
  [[nodiscard]] bool hung_up() const;
  /// Ends sending as the server, which still accepts what it is sent.
  void end_sending() const;
  /// Closes the connection as the server; libpq notices with its next call.
  void close_connection();

  /// Gives the functions of libpq their next call.
  [[nodiscard]] Call next(const std::string& call);
  [[nodiscard]] int client_socket() const noexcept { return sockets_[0]; }
  std::atomic<int> living_results{0};
  std::atomic<int> living_connections{0};
  ConnStatusType status = CONNECTION_OK;  // of all connections
  std::string message;                    // PQerrorMessage()
  bool encrypts_by_gssapi = false;
  int version = 150004;  // the server's

 private:
  [[nodiscard]] Call take(const std::string& call);

  std::mutex mutex_;  // guards the next two
  std::deque<Call> script_;
  int made_ = 0;
  int sockets_[2] = {-1, -1};  // the client's, the server's
};

/// Returns the one that the functions of libpq ask; there is one while a test runs.
[[nodiscard]] ScriptedLibpq& libpq();

}  // namespace pghaul::scripted

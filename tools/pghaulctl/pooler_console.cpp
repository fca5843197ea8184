#include "pooler_console.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "host.h"
#include "reach.h"
#include "text_lines.h"

namespace pghaul::platform {
namespace {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

using std::chrono::milliseconds;

constexpr milliseconds kLongest{10000};
constexpr milliseconds kOpenTransactions{1000};  // they may end before their sessions are
constexpr const char* kTakesLonger = "it takes longer than 10 s: is a transaction or a session open?";
constexpr const char* kUsualConsole = "host=/var/run/postgresql port=6432 user=pgbouncer";
constexpr std::string_view kVia = " via ";

/// PgBouncer on Debian runs as postgres, and lets that user in as `pgbouncer` by its socket.
constexpr const char* kConsoleUser = "postgres";

/// Waits for bytes from the console; false: none have come by `deadline`.
bool readable(PGconn* console, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd socket{PQsocket(console), POLLIN, 0};
  return ::poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) != 0;
}

std::string error_of(PGconn* console) {
  std::string reason = PQerrorMessage(console);
  while (reason.ends_with('\n')) reason.pop_back();
  return reason.empty() ? "it was refused" : reason;
}

/// Runs a command of the console; or returns why it was not done; nothing: no answer has come `within` that
/// time. PAUSE waits for open transactions, and that may take for ever.
tl::expected<Answer, std::string> ask(PGconn* console, const std::string& command, milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  if (PQsendQuery(console, command.c_str()) == 1) {
    while (PQisBusy(console) == 1) {
      if (!readable(console, deadline)) return Answer(nullptr, PQclear);
      if (PQconsumeInput(console) == 0) break;
    }
    Answer result(PQgetResult(console), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
  }
  return tl::make_unexpected(error_of(console));
}

tl::unexpected<Failure> not_done(const std::string& file, const std::string& command,
                                 const std::string& reason) {
  return failed(PGHAUL_EXIT_UNREACHABLE,
                fmt::format("the pooler of {} did not do {}: {}", file, command, reason),
                "is PgBouncer running, and does its console let pghaulctl in (admin_users)?");
}

Result<Answer> ask(const std::string& connection, const std::string& file, const std::string& command,
                   milliseconds within) {
  const std::string full = connection + " dbname=pgbouncer application_name=pghaulctl connect_timeout=10";
  const Reached console = reach(split_host(file).first, full, kConsoleUser);
  auto answer = console.problem.empty()
                    ? ask(console.connection.get(), command, within)
                    : tl::expected<Answer, std::string>(tl::make_unexpected(console.problem));
  if (answer) return std::move(*answer);
  return not_done(file, command, answer.error());
}

/// Has a command done to its end.
Result<Answer> ask(const std::string& connection, const std::string& file, const std::string& command) {
  auto answer = ask(connection, file, command, kLongest);
  if (!answer || *answer) return answer;
  return not_done(file, command, kTakesLonger);
}

/// Reads a column of a line of an answer; empty: there is none.
std::string column(const PGresult* rows, int row, const char* name) {
  const int at = PQfnumber(rows, name);
  return at < 0 ? std::string() : PQgetvalue(rows, row, at);
}

}  // namespace

PoolerConsole::PoolerConsole(std::string connection, std::string file)
    : connection_(connection.empty() ? kUsualConsole : std::move(connection)), file_(std::move(file)) {}

Outcome PoolerConsole::tell(const std::string& command) const {
  return ask(connection_, file_, command).map([](const Answer&) {});
}

/// PAUSE is answered once no transaction is open; twice is once.
Outcome PoolerConsole::begin_pause(const std::string& database) const {
  const std::string command = "PAUSE " + in_double_quotes(database);
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  do {
    const auto answer = ask(connection_, file_, command, kOpenTransactions);
    if (!answer) return tl::make_unexpected(answer.error());
    if (*answer) return {};
    const auto paused = is_paused(database);
    if (!paused) return tl::make_unexpected(paused.error());
    if (*paused) return {};
  } while (std::chrono::steady_clock::now() < deadline);
  return not_done(file_, command, "it has not begun after 10 s");
}

Result<bool> PoolerConsole::is_paused(const std::string& database) const {
  const auto answer = ask(connection_, file_, "SHOW DATABASES");
  if (!answer) return tl::make_unexpected(answer.error());
  const PGresult* rows = answer->get();
  for (int row = 0; row < PQntuples(rows); ++row) {
    if (column(rows, row, "name") == database) return column(rows, row, "paused") == "1";
  }
  return false;
}

Result<std::string> PoolerConsole::setting(const std::string& name) const {
  const auto config = ask(connection_, file_, "SHOW CONFIG");
  if (!config) return tl::make_unexpected(config.error());
  const PGresult* rows = config->get();
  for (int row = 0; row < PQntuples(rows); ++row) {
    if (name == PQgetvalue(rows, row, 0)) return std::string(PQgetvalue(rows, row, 1));
  }
  return std::string();
}

std::pair<std::string, std::string> split_console(const std::string& text) {
  const std::size_t via = text.find(kVia);
  if (via == std::string::npos) return {text, ""};
  return {text.substr(0, via), text.substr(via + kVia.size())};
}

}  // namespace pghaul::platform

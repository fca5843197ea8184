#include "server.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string escaped(PGconn* handle, const std::string& text, char* (*escape)(PGconn*, const char*, size_t)) {
  const std::unique_ptr<char, decltype(&PQfreemem)> result(escape(handle, text.data(), text.size()),
                                                           PQfreemem);
  if (!result) throw std::bad_alloc();
  return result.get();
}

}  // namespace

Result<Server> Server::open(const std::string& connection_string, const std::string& name,
                            std::optional<uid_t> user, const std::string& host, std::string* sqlstate) {
  Server server(reach(host, connection_string, user ? std::to_string(*user) : ""), name);
  if (sqlstate != nullptr) *sqlstate = server.reached_.sqlstate;
  if (const std::string& problem = server.reached_.problem; !problem.empty())
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("cannot connect to {}: {}", name, problem));
  PQsetNoticeProcessor(
      server.handle(), [](void*, const char*) {}, nullptr);
  if (auto set = server.run("SET search_path = ''; SET default_transaction_read_only = off"); !set)
    return tl::make_unexpected(set.error());
  return server;
}

/// Returns what PQexec() would; nullptr: no answer has come in time.
Server::Answer Server::answer_to(const std::string& sql) {
  if (!reached_.carrier) return {PQexec(handle(), sql.c_str()), PQclear};
  const auto deadline = std::chrono::steady_clock::now() + longest_;
  Answer last(nullptr, PQclear);
  if (PQsendQuery(handle(), sql.c_str()) == 0)
    return {PQmakeEmptyPGresult(handle(), PGRES_FATAL_ERROR), PQclear};
  for (;;) {
    while (PQisBusy(handle()) != 0) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd waits{PQsocket(handle()), POLLIN, 0};
      if (left.count() <= 0 || ::poll(&waits, 1, static_cast<int>(left.count())) == 0)
        return {nullptr, PQclear};
      if (PQconsumeInput(handle()) == 0) break;
    }
    PGresult* const next = PQgetResult(handle());
    if (next == nullptr) return last;
    last.reset(next);
  }
}

/// Takes the server's message without the line of the statement that it quotes: a role's verifier may stand
/// there.
Result<Rows> Server::query(const std::string& sql) {
  const Answer result = silent_ ? Answer(nullptr, PQclear) : answer_to(sql);
  silent_ = !result;
  if (silent_) {
    return failed(
        PGHAUL_EXIT_UNREACHABLE,
        fmt::format("{} has not answered within {}, over the connection to its host", name_,
                    command::show_seconds(std::chrono::duration<double>(longest_).count())),
        "does its host still answer, and does a statement of pghaulctl's wait there for a lock: SELECT "
        "* FROM pg_stat_activity");
  }
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
    const int exit = PQstatus(handle()) == CONNECTION_OK ? PGHAUL_EXIT_REFUSED : PGHAUL_EXIT_UNREACHABLE;
    const char* primary = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    return failed(exit,
                  fmt::format("{}: {}", name_,
                              without_line_end(primary != nullptr ? primary : PQerrorMessage(handle()))));
  }
  Rows rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    for (int column = 0; column < PQnfields(result.get()); ++column)
      rows[static_cast<std::size_t>(row)].emplace_back(PQgetvalue(result.get(), row, column));
  }
  return rows;
}

Outcome Server::run(const std::string& sql) {
  return query(sql).map([](const Rows&) {});
}

std::string Server::identifier(const std::string& name) const {
  return escaped(handle(), name, PQescapeIdentifier);
}

std::string Server::literal(const std::string& text) const {
  return escaped(handle(), text, PQescapeLiteral);
}

std::string Server::literals(const std::vector<std::string>& texts) const {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + literal(text);
  return all.empty() ? "NULL" : all;
}

Result<std::string> Server::verifier(const std::string& role, const std::string& password) const {
  const std::unique_ptr<char, decltype(&PQfreemem)> made(
      PQencryptPasswordConn(handle(), password.c_str(), role.c_str(), "scram-sha-256"), PQfreemem);
  if (!made) return refused(fmt::format("{}: {}", name_, without_line_end(PQerrorMessage(handle()))));
  return std::string(made.get());
}

int Server::version() const {
  return PQserverVersion(handle());
}

std::string keyword(const std::string& name, const std::string& value) {
  std::string quoted;
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return name + "='" + quoted + "'";
}

}  // namespace pghaul::platform

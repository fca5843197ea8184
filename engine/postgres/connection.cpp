#include "postgres/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/silence_timer.h"
#include "postgres/connect.h"
#include "postgres/no_session.h"
#include "postgres/session_settings.h"
#include "postgres/silence.h"
#include "postgres/sqlstate.h"

namespace pghaul::postgres {
namespace {

std::string without_line_end(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string field(const PGresult* result, int which) {
  const char* text = result == nullptr ? nullptr : PQresultErrorField(result, which);
  return text == nullptr ? std::string{} : std::string(text);
}

/// Recognizes shutdowns of the server or of this session by an administrator. Class 08 is not among them: a
/// server reports it for a connection of its own, to another server that it was to read.
/// Source  PostgreSQL manual, appendix "PostgreSQL Error Codes".
bool ends_the_connection(const std::string& sqlstate) {
  return sqlstate == kAdminShutdown || sqlstate == kCrashShutdown || sqlstate == kCannotConnectNow ||
         sqlstate == kIdleSessionTimeout || sqlstate == kLinkLost;
}

/// Recognizes keywords that choose among servers or shape our own session: they are of no use to a program
/// that connects to the same server.
bool is_of_this_session(const std::string& keyword) {
  return keyword == "service" || keyword == "servicefile" || keyword == "passfile" ||
         keyword == "fallback_application_name" || keyword == "client_encoding" || keyword == "replication" ||
         keyword == "target_session_attrs" || keyword == "load_balance_hosts";
}

/// Recognizes what libpq sets by itself. The libpq of the program that is told may be older, and refuse a
/// keyword that it does not know: that of PostgreSQL 16 and later sets sslcertmode, and does not list this as
/// a default.
bool is_default(const PQconninfoOption& option) {
  if (option.compiled != nullptr) return std::string_view(option.val) == option.compiled;
  return std::string_view(option.keyword) == "sslcertmode" && std::string_view(option.val) == "allow";
}

/// SQLSTATE with which PgBouncer refuses a client that has waited for a session for too long
/// (query_wait_timeout).
constexpr const char* kProtocolViolation = "08P01";

/// Makes the error of a connection that was accepted but got no session: mostly from a pooler whose sessions
/// are all in use.
Error no_session(const Error& why, Side side) {
  return {.code = ErrorCode::connection_failed,
          .message = std::string("cannot connect to the ") + side_name(side) +
                     ": the connection was accepted, but got no session: " + why.message,
          .sqlstate = kNoSession,
          .hint = "if a pooler stands in between, raise its pool size, or use fewer workers (--jobs)"};
}

/// Returns the client_encoding of a session: that of the address, where the sessions of both servers are to
/// have the same.
std::string encoding_of(const ConnectionString& server, const std::string& otherwise) {
  const auto agreed = server.keywords().find("client_encoding");
  return agreed == server.keywords().end() ? otherwise : agreed->second;
}

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

}  // namespace

const char* side_name(Side side) noexcept {
  return side == Side::source ? "source" : "target";
}

Connection::Connection(PGconn* handle, Side side, std::chrono::seconds silence_limit)
    : lifeline_(std::make_shared<Lifeline>(handle)),
      handle_(handle, Finish{lifeline_}),
      side_(side),
      silence_limit_(silence_limit) {}

Result<Connection> Connection::open(const ConnectionString& server, Side side, const std::string& encoding,
                                    const std::stop_token& stop) {
  const std::chrono::milliseconds longest_setup =
      std::min<std::chrono::seconds>(server.silence_limit(), std::chrono::seconds(15));
  Result<PGconn*> connected = connect(server, side, stop);
  if (!connected) return fail(connected.error());
  std::unique_ptr<PGconn, Finish> handle(*connected);
  const std::string server_encoding = PQparameterStatus(handle.get(), "server_encoding");
  Connection connection(handle.release(), side, server.silence_limit());
  connection.detour_ = server.detour();
  const std::stop_callback cancel_on_stop(stop, [line = connection.lifeline_] { line->sever(); });
  const auto begun = std::chrono::steady_clock::now();
  const std::string client_encoding = encoding_of(server, encoding.empty() ? server_encoding : encoding);
  const bool replicates = server.keywords().contains("replication");
  const std::string no_timeout = replicates ? "" : "SET statement_timeout = 0;";
  const std::string settings = replicates ? replication_settings(connection.version(), client_encoding)
                                          : session_settings(side, connection.version(), client_encoding) +
                                                "SELECT pg_catalog.pg_backend_pid()";
  Result<Rows> pinned = connection.query_within(no_timeout + settings, longest_setup);
  if (!pinned && pinned.error().sqlstate == kQueryCanceled && !replicates) {
    // The server's default statement_timeout runs over a whole message, so it is switched off in one before.
    pinned = connection.query_within(no_timeout, longest_setup);
    if (pinned) pinned = connection.query_within(settings, longest_setup);
  }
  if (!pinned && stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  const bool waited_in_vain = std::chrono::steady_clock::now() - begun >= longest_setup;
  if (!pinned && (waited_in_vain || pinned.error().sqlstate == kProtocolViolation)) {
    return fail(no_session(pinned.error(), side));
  }
  if (!pinned) return pinned.error().during("setting up the session");
  connection.session_ = pinned->integer(0, 0);
  return connection;
}

void Connection::discard_results() {
  PGconn* handle = handle_.get();
  while (PGresult* rest = PQgetResult(handle)) {
    const ExecStatusType status = PQresultStatus(rest);
    PQclear(rest);
    if (PQstatus(handle) == CONNECTION_BAD) return;
    if (status == PGRES_COPY_IN) PQputCopyEnd(handle, "ended by another statement");
    if (status != PGRES_COPY_OUT) continue;
    char* row = nullptr;
    while (PQgetCopyData(handle, &row, 0) > 0) PQfreemem(row);
  }
}

Result<Rows> Connection::query(const std::string& sql) {
  return rows_of(run(sql));
}

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (!ahead_.empty()) {
    if (const Status sent = execute(""); !sent) return fail(sent.error());
  }
  const Lifeline::Waiting waiting(*lifeline_);
  discard_results();
  if (PQsendQueryParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) != 1) {
    return fail(error({}, nullptr));
  }
  return rows_of(result_of_query());
}

Result<PGresult*> Connection::run(const std::string& sql) {
  const Lifeline::Waiting waiting(*lifeline_);
  discard_results();
  if (PQsendQuery(handle_.get(), with_what_goes_ahead(sql).c_str()) != 1) return fail(error({}, nullptr));
  return result_of_query();
}

Result<std::vector<Rows>> Connection::query_all(const std::vector<std::string>& statements) {
  const Lifeline::Waiting waiting(*lifeline_);
  discard_results();
  const std::size_t before = ahead_.size();
  std::string message;
  for (const std::string& statement : statements) message += statement + ";\n";
  if (PQsendQuery(handle_.get(), with_what_goes_ahead(message).c_str()) != 1) return fail(error({}, nullptr));
  std::vector<Rows> all;
  for (std::size_t number = 0;; ++number) {
    if (const Status answered = await_answer(); !answered) return fail(answered.error());
    PGresult* const next = PQgetResult(handle_.get());
    if (next == nullptr) break;
    Result<Rows> rows = rows_of(next);
    if (!rows) {
      discard_results();
      return fail(rows.error());
    }
    if (number >= before) all.push_back(std::move(*rows));
  }
  if (all.size() == statements.size()) return all;
  return fail(ErrorCode::server_error, fmt::format("the {} answered {} of {} queries", side_name(side_),
                                                   all.size(), statements.size()));
}

Status Connection::execute_all(const std::vector<std::string>& scripts, std::size_t& done) {
  const Lifeline::Waiting waiting(*lifeline_);
  discard_results();
  done = 0;
  std::string message;
  for (const std::string& script : scripts) message += script + ";\nSELECT;\n";  // its result shows success
  if (PQsendQuery(handle_.get(), with_what_goes_ahead(message).c_str()) != 1) return fail(error({}, nullptr));
  for (;;) {
    if (Status answered = await_answer(); !answered) return answered;
    PGresult* const next = PQgetResult(handle_.get());
    if (next == nullptr) return {};
    if (PQresultStatus(next) == PGRES_TUPLES_OK) ++done;
    if (const Result<Rows> good = rows_of(next); !good) {
      discard_results();
      return fail(good.error());
    }
  }
}

std::string Connection::with_what_goes_ahead(const std::string& sql) {
  std::string message;
  for (const std::string& statement : std::exchange(ahead_, {})) message += statement;
  return message + sql;
}

/// Returns the last result, or the one that begins a COPY.
Result<PGresult*> Connection::result_of_query() {
  std::unique_ptr<PGresult, ClearResult> last;
  for (;;) {
    if (const Status answered = await_answer(); !answered) return fail(answered.error());
    PGresult* next = PQgetResult(handle_.get());
    if (next == nullptr) return last.release();
    last.reset(next);
    const ExecStatusType status = PQresultStatus(next);
    const bool copying = status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
    if (copying || PQstatus(handle_.get()) == CONNECTION_BAD) return last.release();
  }
}

Result<Rows> Connection::rows_of(Result<PGresult*> result) const {
  if (!result) return fail(result.error());
  if (PQresultStatus(*result) == PGRES_TUPLES_OK || PQresultStatus(*result) == PGRES_COMMAND_OK) {
    return Rows(*result);
  }
  Error failure = error({}, *result);
  PQclear(*result);
  return fail(std::move(failure));
}

Status Connection::await_answer() {
  PGconn* handle = handle_.get();
  if (PQisBusy(handle) == 0) return {};
  return await([handle] { return PQconsumeInput(handle) != 1 || PQisBusy(handle) == 0; });
}

Status Connection::await(const std::function<bool()>& over) {
  PGconn* handle = handle_.get();
  const std::chrono::milliseconds interval = probe_interval(silence_limit_);
  // Under TLS a part of what has come may be in the library, where poll() does not see it.
  std::chrono::milliseconds pause = interval;
  Silence silence(*this);
  for (;;) {
    const std::chrono::milliseconds wait = std::min(pause, silence.until_check());
    pollfd socket{PQsocket(handle), POLLIN, 0};
    const int ready = poll(&socket, 1, static_cast<int>(wait.count()));
    if (over()) return {};
    if (ready > 0) {
      silence.end();
      if (PQsslInUse(handle) == 1) pause = std::chrono::milliseconds(1);
      continue;
    }
    pause = std::min(2 * pause, interval);
    if (Status alive = silence.check(); !alive) return alive;
  }
}

Result<Rows> Connection::query_within(const std::string& sql, std::chrono::milliseconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  PGconn* handle = handle_.get();
  bool good = PQsendQuery(handle, sql.c_str()) == 1;
  while (good && PQisBusy(handle) == 1) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd socket{PQsocket(handle), POLLIN, 0};
    if (left.count() <= 0 || poll(&socket, 1, static_cast<int>(left.count())) == 0) {
      lifeline_->sever();
      return fail(ErrorCode::connection_lost, std::string("the ") + side_name(side_) + " does not answer");
    }
    good = PQconsumeInput(handle) == 1;
  }
  if (!good && PQstatus(handle) != CONNECTION_BAD) return fail(error({}, nullptr));
  return rows_of(result_of_query());
}

Status Connection::execute(const std::string& sql) {
  const Result<Rows> done = query(sql);
  if (!done) return fail(done.error());
  return {};
}

std::string Connection::database() const {
  return PQdb(handle_.get());
}

std::string Connection::user() const {
  return PQuser(handle_.get());
}

bool is_on_this_machine(const PGconn* handle) {
  const std::string_view name = PQhost(handle);
  const std::string_view address = PQhostaddr(handle);
  const bool loopback = address.starts_with("127.") || address == "::1";
  return loopback || name.starts_with('/') || name.starts_with('@');
}

bool Connection::on_this_machine() const {
  return detour_ ? detour_->here : is_on_this_machine(handle_.get());
}

std::string Connection::describe() const {
  const std::string where =
      detour_ ? detour_->where : std::string(PQhost(handle_.get())) + ":" + PQport(handle_.get());
  return database() + " on " + where;
}

ConnectionString Connection::effective() const {
  std::map<std::string, std::string> keywords;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfo(handle_.get()));
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->val != nullptr && !is_default(*option) && !is_of_this_session(option->keyword))
      keywords[option->keyword] = option->val;  // empty ones go below
  }
  keywords["host"] = PQhost(handle_.get());
  keywords["hostaddr"] = PQhostaddr(handle_.get());  // empty for a socket
  keywords["port"] = PQport(handle_.get());
  keywords["dbname"] = PQdb(handle_.get());
  keywords["user"] = PQuser(handle_.get());
  keywords["password"] = PQpass(handle_.get());  // also one from a password file
  const std::chrono::milliseconds longest(silence_limit_);
  keywords.emplace("tcp_user_timeout", std::to_string(longest.count()));  // programs lack our liveness check
  std::erase_if(keywords, [](const auto& entry) { return entry.second.empty(); });
  ConnectionString here(std::move(keywords));
  here.set_silence_limit(silence_limit_);
  return here;
}

Error Connection::error(const std::string& what, const PGresult* result) const {
  Complaint complaint{.sqlstate = field(result, PG_DIAG_SQLSTATE),
                      .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
                      .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
                      .context = field(result, PG_DIAG_CONTEXT),
                      .hint = field(result, PG_DIAG_MESSAGE_HINT)};
  if (complaint.message.empty()) complaint.message = without_line_end(PQerrorMessage(handle_.get()));
  Error error = this->error(what, complaint);
  if (PQstatus(handle_.get()) == CONNECTION_BAD) error.code = ErrorCode::connection_lost;
  return error;
}

Error Connection::error(const std::string& what, const Complaint& complaint) const {
  Error error;
  error.sqlstate = complaint.sqlstate;
  error.code = ends_the_connection(error.sqlstate) ? ErrorCode::connection_lost : ErrorCode::server_error;
  std::string said = complaint.message;
  if (!complaint.detail.empty()) said += " (" + complaint.detail + ")";
  if (!complaint.context.empty()) said += " [" + complaint.context + "]";
  error.message = (what.empty() ? std::string{} : what + ": ") + "the " + side_name(side_) + " says: " + said;
  error.hint = complaint.hint;
  if (error.sqlstate == kSerializationFailure && said.find("conflict with recovery") != std::string::npos) {
    error.hint = "on this standby, set hot_standby_feedback = on, or raise max_standby_streaming_delay";
  }
  return error;
}

}  // namespace pghaul::postgres

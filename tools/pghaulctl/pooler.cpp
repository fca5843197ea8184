#include "pooler.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "acting_as.h"
#include "pointer_text.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kLongest{10};
constexpr const char* kUsualConsole = "host=/var/run/postgresql port=6432 user=pgbouncer";

/// PgBouncer on Debian runs as postgres, and lets that user in as `pgbouncer` by its socket.
std::optional<uid_t> console_user() {
  const passwd* postgres = ::getpwnam("postgres");
  return postgres == nullptr ? std::nullopt : std::optional<uid_t>(postgres->pw_uid);
}

/// Waits for bytes from the console; false: none have come by `deadline`.
bool readable(PGconn* console, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd socket{PQsocket(console), POLLIN, 0};
  return ::poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) != 0;
}

/// Runs a command of the console; returns why it was not done, or nothing. PAUSE waits for open transactions,
/// and that may take for ever.
std::string answer(PGconn* console, const std::string& command) {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  std::string reason;
  if (PQsendQuery(console, command.c_str()) == 1) {
    while (PQisBusy(console) == 1) {
      if (!readable(console, deadline))
        return "it takes longer than 10 s: is a transaction or a session open?";
      if (PQconsumeInput(console) == 0) break;
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(console), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {};
  }
  reason = PQerrorMessage(console);
  while (reason.ends_with('\n')) reason.pop_back();
  return reason.empty() ? "it was refused" : reason;
}

/// Writes a name as the console reads it.
std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

}  // namespace

std::unique_ptr<Pooler> make_pooler(const std::string& label, const std::string& file,
                                    const std::string& name) {
  const std::size_t via = name.find(" via ");
  const bool usual = via == std::string::npos;
  return std::make_unique<Pooler>(label, file, name.substr(0, via),
                                  usual ? kUsualConsole : name.substr(via + 5));
}

Result<std::optional<Address>> Pooler::read() {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  return read_pool(*text, name_);
}

Outcome Pooler::check() {
  if (auto file = file_.check(); !file) return file;
  return tell("SHOW VERSION");
}

Outcome Pooler::hold(const Address& /*before*/, const Address& /*next*/) {
  const auto attached = read();
  if (!attached) return tl::make_unexpected(attached.error());
  if (!*attached) return {};
  held_ = true;  // also when PAUSE takes too long: RESUME ends it
  return tell("PAUSE " + quoted(name_));
}

Outcome Pooler::point(const Address& before, const Address& next) {
  const auto written = read();
  if (!written) return tl::make_unexpected(written.error());
  if (!*written) return {};
  return write(moved(**written, before, next));
}

/// RELOAD marks connections to the former address; WAIT_CLOSE returns when they are gone.
Outcome Pooler::release() {
  if (!held_) return {};
  held_ = false;
  if (auto resumed = tell("RESUME " + quoted(name_)); !resumed) return resumed;
  return tell("WAIT_CLOSE " + quoted(name_));
}

Result<std::optional<Login>> Pooler::read_login() {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  return read_pool_login(*text, name_);
}

Outcome Pooler::check_secrecy() {
  const auto login = read_login();
  if (!login) return tl::make_unexpected(login.error());
  return *login && (*login)->password.empty() ? file_.check_secrecy() : Outcome();
}

Outcome Pooler::write_login(const Login& login) {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  if (auto written = file_.replace(write_pool_login(*text, name_, login)); !written) return written;
  return reload();
}

Outcome Pooler::attach(const Address& address) {
  return write(address);
}

Outcome Pooler::detach() {
  return write(std::nullopt);
}

Outcome Pooler::write(const std::optional<Address>& address) {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  if (auto replaced = file_.replace(write_pool(*text, name_, address)); !replaced) return replaced;
  return reload();
}

Outcome Pooler::tell(const std::string& command) {
  const ActingAs postgres(console_user());
  const std::string connection = console_ + " dbname=pgbouncer application_name=pghaulctl connect_timeout=10";
  const std::unique_ptr<PGconn, decltype(&PQfinish)> console(PQconnectdb(connection.c_str()), PQfinish);
  const std::string reason = answer(console.get(), command);
  if (reason.empty()) return {};
  return failed(PGHAUL_EXIT_UNREACHABLE,
                fmt::format("the pooler of {} did not do {}: {}", file(), command, reason),
                "is PgBouncer running, and does its console let pghaulctl in (admin_users)?");
}

}  // namespace pghaul::platform

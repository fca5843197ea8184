#include "pooler.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>

#include "acting_as.h"
#include "pointer_text.h"

namespace pghaul::platform {
namespace {

constexpr const char* kUsualConsole = "host=/var/run/postgresql port=6432 user=pgbouncer";

/// PgBouncer on Debian runs as postgres, and lets that user in as `pgbouncer` by its socket.
std::optional<uid_t> console_user() {
  const passwd* postgres = ::getpwnam("postgres");
  return postgres == nullptr ? std::nullopt : std::optional<uid_t>(postgres->pw_uid);
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

Outcome Pooler::hold() {
  const auto attached = read();
  if (!attached) return tl::make_unexpected(attached.error());
  if (!*attached) return {};
  auto paused = tell("PAUSE " + quoted(name_));
  held_ = paused.has_value();
  return paused;
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
  return tell("RELOAD");
}

Outcome Pooler::tell(const std::string& command) {
  const ActingAs postgres(console_user());
  const std::string connection = console_ + " dbname=pgbouncer application_name=pghaulctl connect_timeout=10";
  const std::unique_ptr<PGconn, decltype(&PQfinish)> console(PQconnectdb(connection.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(console.get(), command.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {};
  std::string reason = PQerrorMessage(console.get());
  while (reason.ends_with('\n')) reason.pop_back();
  return failed(PGHAUL_EXIT_UNREACHABLE,
                fmt::format("the pooler of {} did not do {}: {}", file(), command, reason),
                "is PgBouncer running, and does its console let pghaulctl in (admin_users)?");
}

}  // namespace pghaul::platform

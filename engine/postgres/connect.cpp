#include "postgres/connect.h"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/responds.h"

namespace pghaul::postgres {
namespace {

using std::chrono::steady_clock;

constexpr int kConnectSeconds = 15;
constexpr int kLookMilliseconds = 100;  // interval of looking at the stop token

struct Finish {
  void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
};

/// Settings for what the string leaves open: a host that has gone is noticed within a minute while nothing is
/// on its way to it.
const std::map<std::string, std::string>& defaults() {
  static const std::map<std::string, std::string> all = {{"fallback_application_name", "pghaul"},
                                                         {"keepalives_idle", "30"},
                                                         {"keepalives_interval", "10"},
                                                         {"keepalives_count", "3"}};
  return all;
}

std::string hint_for(const std::string& complaint) {
  const auto says = [&](const char* words) { return complaint.find(words) != std::string::npos; };
  if (says("password authentication failed") || says("no password supplied")) {
    return "check the role and its password; passwords are read from the URI, PGPASSWORD or a password file";
  }
  if (says("does not exist") && says("database"))
    return "check the name of the database; \\l in psql lists them";
  if (says("could not translate host name")) return "check the host name in the connection string";
  if (says("Connection refused") || says("No such file or directory")) {
    return "is the server running there, and does it listen on that address and port?";
  }
  if (says("too many clients") || says("remaining connection slots")) {
    return "close other sessions or raise max_connections";
  }
  if (says("pg_hba.conf")) return "allow this host, role and database in the server's pg_hba.conf";
  return {};
}

/// A server's refusal. In verbose form it is "FATAL:  57P03: the database system is starting up" and lines
/// about its source code.
struct Refusal {
  std::string text;
  std::string sqlstate;
};

bool is_sqlstate(std::string_view word) {
  return word.size() == 5 && std::ranges::all_of(word, [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'A' && c <= 'Z');
         });
}

Refusal plain(std::string_view verbose) {
  Refusal refusal;
  while (!verbose.empty()) {
    const std::size_t end = std::min(verbose.find('\n'), verbose.size());
    std::string line(verbose.substr(0, end));
    verbose.remove_prefix(std::min(end + 1, verbose.size()));
    if (line.starts_with("LOCATION:")) continue;
    for (std::size_t at = line.find(":  "); at != std::string::npos; at = line.find(":  ", at + 1)) {
      if (at + 10 > line.size() || line.compare(at + 8, 2, ": ") != 0) continue;
      if (!is_sqlstate(std::string_view(line).substr(at + 3, 5))) continue;
      refusal.sqlstate = line.substr(at + 3, 5);
      line.erase(at + 3, 7);
      break;
    }
    refusal.text += (refusal.text.empty() ? "" : "\n") + line;
  }
  return refusal;
}

/// Returns the message of the other end of a detour, which is already worded for users.
std::string reported_by_detour(const std::string& text) {
  constexpr std::string_view kMark = "FATAL: ";
  const std::size_t at = text.find(kMark);
  if (at == std::string::npos) return text;
  const std::size_t begin = std::min(text.find_first_not_of(' ', at + kMark.size()), text.size());
  return text.substr(begin, text.find("\nHINT:", begin) - begin);
}

/// Returns connect_timeout, for each host that may be tried; without one, the time for which the server may
/// be silent.
steady_clock::duration connect_limit(const ConnectionString& server) {
  const auto& keywords = server.keywords();
  int seconds = static_cast<int>(std::min<std::int64_t>(kConnectSeconds, server.silence_limit().count()));
  if (const auto given = keywords.find("connect_timeout"); given != keywords.end()) {
    std::from_chars(given->second.data(), given->second.data() + given->second.size(), seconds);
    if (seconds <= 0) return std::chrono::hours(24);  // libpq takes it for no limit
  }
  const auto hosts = keywords.find("host");
  const auto commas =
      hosts == keywords.end() ? 0 : std::count(hosts->second.begin(), hosts->second.end(), ',');
  return std::chrono::seconds(std::max(seconds, 2)) * (commas + 1);
}

enum class Outcome { done, late, stopped };

Outcome drive(PGconn* handle, steady_clock::time_point deadline, const std::stop_token& stop) {
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  for (;;) {
    if (wants == PGRES_POLLING_OK || wants == PGRES_POLLING_FAILED) return Outcome::done;
    if (stop.stop_requested()) return Outcome::stopped;
    if (steady_clock::now() > deadline) return Outcome::late;
    pollfd socket{PQsocket(handle), static_cast<short>(wants == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (poll(&socket, 1, kLookMilliseconds) > 0) wants = PQconnectPoll(handle);
  }
}

using Handle = std::unique_ptr<PGconn, Finish>;

/// Drops a notice, which libpq would write to our standard error. A server may send one as soon as the
/// session begins, such as that a collation has another version.
void ignore_notice(void*, const PGresult*) {}

Handle start(const ConnectionString& server) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto* pairs : {&defaults(), &server.keywords()}) {  // the last value of a keyword counts
    for (const auto& [keyword, value] : *pairs) {
      keywords.push_back(keyword.c_str());
      values.push_back(value.c_str());
    }
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  Handle handle(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!handle) return handle;
  PQsetNoticeReceiver(handle.get(), ignore_notice, nullptr);
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
  return handle;
}

}  // namespace

Result<PGconn*> connect(const ConnectionString& server, Side side, const std::stop_token& stop) {
  const auto deadline = steady_clock::now() + connect_limit(server);
  Handle handle = start(server);
  if (!handle) return fail(ErrorCode::system, "out of memory while connecting");
  const Outcome outcome =
      PQstatus(handle.get()) == CONNECTION_BAD ? Outcome::done : drive(handle.get(), deadline, stop);
  if (outcome == Outcome::stopped) return fail(ErrorCode::interrupted, "stopped on request");
  if (PQstatus(handle.get()) == CONNECTION_OK) {
    PQsetErrorVerbosity(handle.get(), PQERRORS_DEFAULT);
    return handle.release();
  }
  Refusal refusal = plain(PQerrorMessage(handle.get()));
  if (outcome == Outcome::late) refusal.text = "it did not answer in time";
  std::string message = std::string("cannot connect to the ") + side_name(side) + ": ";
  if (server.detour() != nullptr && outcome != Outcome::late) {
    const std::string reported = reported_by_detour(refusal.text);
    message = reported.starts_with(message) ? reported : message + reported;
  } else {
    message += refusal.text;
  }
  return fail(Error{.code = ErrorCode::connection_failed,
                    .message = std::move(message),
                    .sqlstate = refusal.sqlstate,
                    .hint = hint_for(refusal.text)});
}

bool responds(const ConnectionString& server, std::chrono::milliseconds within, const std::stop_token& stop) {
  const auto deadline = steady_clock::now() + within;
  const Handle handle = start(server);
  if (!handle) return true;  // out of memory, which proves nothing about the server
  if (PQstatus(handle.get()) != CONNECTION_BAD && drive(handle.get(), deadline, stop) != Outcome::done)
    return false;
  return PQstatus(handle.get()) == CONNECTION_OK || !plain(PQerrorMessage(handle.get())).sqlstate.empty();
}

void probe(const ConnectionString& server, SilenceTimer& silence, const std::stop_token& stop) {
  const auto left = std::chrono::floor<std::chrono::milliseconds>(silence.left(steady_clock::now()));
  if (responds(server, left, stop)) {
    silence.heard(steady_clock::now());
  } else {
    silence.probed(steady_clock::now());
  }
}

}  // namespace pghaul::postgres

#include "postgres/wire.h"

#include <array>
#include <optional>

#include "postgres/connect.h"

namespace pghaul::postgres {
namespace {

/// Parameters that a server reports at sign-in. Source  PostgreSQL manual, protocol, "Asynchronous
/// Operations".
constexpr std::array kParameters = {"server_version",
                                    "server_encoding",
                                    "client_encoding",
                                    "application_name",
                                    "default_transaction_read_only",
                                    "in_hot_standby",
                                    "is_superuser",
                                    "session_authorization",
                                    "DateStyle",
                                    "IntervalStyle",
                                    "TimeZone",
                                    "integer_datetimes",
                                    "scram_iterations",
                                    "search_path",
                                    "standard_conforming_strings"};

}  // namespace

Wire::Wire(PGconn* handle, RawStream stream, std::shared_ptr<Lifeline> lifeline)
    : lifeline_(std::move(lifeline)), handle_(handle, Finish{lifeline_}), stream_(stream) {}

Result<Wire> Wire::open(const ConnectionString& server, Side side, const std::stop_token& stop) {
  std::map<std::string, std::string> keywords = server.keywords();
  keywords["gssencmode"] = "disable";
  const Result<PGconn*> connected = connect(ConnectionString(std::move(keywords)), side, stop);
  if (!connected) return fail(connected.error());
  const std::optional<RawStream> stream = RawStream::of(*connected);
  if (!stream) {
    PQfinish(*connected);
    return fail(ErrorCode::connection_failed, "libpq encrypts by other means than OpenSSL",
                "connect without TLS: sslmode=disable");
  }
  Wire wire(*connected, *stream, std::make_shared<Lifeline>(*connected));
  if (PQsetnonblocking(*connected, 1) == 0) return wire;
  return fail(ErrorCode::connection_lost,
              "the connection to the server broke: it can't be read without waiting");
}

std::map<std::string, std::string> Wire::parameters() const {
  std::map<std::string, std::string> all;
  for (const char* name : kParameters) {
    const char* value = PQparameterStatus(handle_.get(), name);
    if (value != nullptr) all[name] = value;
  }
  return all;
}

bool Wire::on_this_machine() const {
  return is_on_this_machine(handle_.get());
}

}  // namespace pghaul::postgres

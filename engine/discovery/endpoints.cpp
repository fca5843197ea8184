#include "discovery/endpoints.h"

#include <map>
#include <string>
#include <utility>

#include "discovery/archive_folder.h"
#include "discovery/session_encoding.h"
#include "link/near_half.h"
#include "measure/events.h"

namespace pghaul::discovery {
namespace {

Result<postgres::ConnectionString> parse(const std::string& text, postgres::Side side,
                                         const Options& options) {
  Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(text);
  if (!server) return server.error().during(std::string("the ") + postgres::side_name(side));
  const std::string& password =
      side == postgres::Side::source ? options.source_password : options.target_password;
  if (!password.empty()) {
    std::map<std::string, std::string> keywords = server->keywords();
    keywords.try_emplace("password", password);
    *server = postgres::ConnectionString(std::move(keywords));
  }
  server->set_silence_limit(options.stall_after);
  const std::string& role = options.role_on(side);
  return role.empty() ? server : server->with_setting("role", role);
}

Result<std::shared_ptr<link::NearHalf>> make_link(const std::string& via, postgres::ConnectionString server,
                                                  postgres::Side side, const Options& options,
                                                  measure::Events& events, const std::stop_token& stop) {
  const std::string name = postgres::side_name(side);
  Result<std::unique_ptr<link::NearHalf>> made = link::NearHalf::create(
      {.command = via,
       .server = std::move(server),
       .side = side,
       .compression = options.compression,
       .on_line = [&events,
                   name](const std::string& line) { events.warning(name + "-via says: " + line, {}, {}); },
       .on_wait =
           [&events, name](const std::string& what) {
             events.warning("the link to the " + name + " waits for " + what, {}, {});
           },
       .on_break =
           [&events, name](const std::string& why) {
             events.warning("the link to the " + name + " broke: " + why, {}, {});
           },
       .stop = stop});
  if (!made) return fail(made.error());
  return std::shared_ptr<link::NearHalf>(std::move(*made));
}

}  // namespace

Result<std::optional<Endpoint>> make_endpoint(const Options& options, postgres::Side side,
                                              measure::Events& events, const std::stop_token& stop) {
  const bool source = side == postgres::Side::source;
  const std::string& text = source ? options.source : options.target;
  const std::string& via = source ? options.source_via : options.target_via;
  if (archive_folder(text) && !via.empty()) {
    const std::string name = postgres::side_name(side);
    return fail(ErrorCode::usage, name + "-via leads to a server, and the " + name + " is an archive",
                "an archive is read and written on this machine only");
  }
  if (text.empty() || archive_folder(text)) return std::nullopt;
  Result<Endpoint> end = direct_endpoint(text, side, options);
  if (!end) return fail(end.error());
  if (via.empty()) return std::optional(std::move(*end));
  Result<std::shared_ptr<link::NearHalf>> link = make_link(via, end->server, side, options, events, stop);
  if (!link) return fail(link.error());
  end->link = std::move(*link);
  return std::optional(std::move(*end));
}

Result<postgres::ConnectionString> Endpoint::connection_string() const {
  Result<postgres::ConnectionString> string = link ? link->connection_string() : server;
  const auto encoding = server.keywords().find("client_encoding");
  if (string && link && encoding != server.keywords().end()) *string = in_encoding(*string, encoding->second);
  if (!string || mark.empty()) return string;
  return string->marked("pghaul", mark);
}

Result<Endpoint> direct_endpoint(const std::string& server, postgres::Side side, const Options& options) {
  Result<postgres::ConnectionString> parsed = parse(server, side, options);
  if (!parsed) return fail(parsed.error());
  return Endpoint{std::move(*parsed), nullptr, {}};
}

}  // namespace pghaul::discovery

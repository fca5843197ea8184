#include "discovery/reach.h"

#include <string>

#include "discovery/archive_folder.h"

namespace pghaul::discovery {
namespace {

Result<postgres::ConnectionString> parse(const Options& options, postgres::Side side) {
  Result<postgres::ConnectionString> server =
      postgres::ConnectionString::parse(side == postgres::Side::source ? options.source : options.target);
  if (!server) return server.error().during(std::string("the ") + postgres::side_name(side));
  server->set_patience(options.stall_after);
  return server;
}

}  // namespace

Result<std::shared_ptr<link::NearHalf>> make_link(const Options& options, postgres::Side side,
                                                  measure::Events& events, const std::stop_token& stop) {
  const std::string name = postgres::side_name(side);
  const bool source = side == postgres::Side::source;
  const std::string& via = source ? options.source_via : options.target_via;
  if (via.empty()) return nullptr;
  if (archive_folder(source ? options.source : options.target)) {
    return fail(ErrorCode::usage, name + "-via leads to a server, and the " + name + " is an archive",
                "an archive is read and written on this machine only");
  }
  Result<postgres::ConnectionString> server = parse(options, side);
  if (!server) return fail(server.error());
  Result<std::unique_ptr<link::NearHalf>> made = link::NearHalf::create(
      {.command = via,
       .server = std::move(*server),
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

Result<postgres::ConnectionString> reach(const Options& options, postgres::Side side) {
  const auto& through = side == postgres::Side::source ? options.source_link : options.target_link;
  return through ? through->connection_string() : parse(options, side);
}

}  // namespace pghaul::discovery

#include "job/created_database.h"

#include <fmt/format.h>

#include <utility>

#include "archive/reader.h"
#include "catalog/read_catalog.h"
#include "discovery/archive_folder.h"
#include "discovery/map_tablespaces.h"
#include "job/maintenance_connection.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "schema/create_database.h"

namespace pghaul::job {
namespace {

using postgres::Connection;
using postgres::Side;

Result<Connection> connect(const discovery::Endpoint& end, Side side, const std::stop_token& stop) {
  Result<postgres::ConnectionString> server = end.connection_string();
  if (!server) return fail(server.error());
  return Connection::open(*server, side, {}, stop);
}

/// The source's encoding and locale, and the tablespace that takes the place of its own; empty: the default.
struct Likeness {
  catalog::Server server;
  std::string tablespace;
};

Result<Likeness> read_source(discovery::VerbContext& context) {
  if (const auto folder = discovery::archive_folder(context.options.source)) {
    const Result<archive::Reader> archive = archive::Reader::open(*folder);
    if (!archive) return fail(archive.error());
    return Likeness{archive->catalog().server, {}};
  }
  Result<Connection> source = connect(*context.ends.source, Side::source, context.stop);
  if (!source) return fail(source.error());
  Result<catalog::Server> server = catalog::read_server(*source);
  if (!server) return fail(server.error());
  Likeness likeness{std::move(*server), {}};
  const discovery::Options& options = context.options;
  if (options.tablespaces.empty() || !options.filters.with_tablespaces) return likeness;
  const Result<std::string> own = discovery::own_tablespace(*source);
  if (!own) return fail(own.error());
  const auto mapped = options.tablespaces.find(*own);
  if (mapped != options.tablespaces.end()) likeness.tablespace = mapped->second;
  return likeness;
}

}  // namespace

Result<CreatedDatabase> CreatedDatabase::make_missing(discovery::VerbContext& context) {
  CreatedDatabase database;
  const Result<Connection> there = connect(*context.ends.target, Side::target, context.stop);
  if (there) return database;
  if (there.error().sqlstate != postgres::kInvalidCatalogName) return fail(there.error());
  const Result<postgres::ConnectionString> target = postgres::ConnectionString::parse(context.options.target);
  if (!target) return target.error().during("the target");
  const auto name = target->keywords().find("dbname");
  if (name == target->keywords().end()) {
    return fail(ErrorCode::usage, "--create needs the name of the database in TARGET",
                "give it there, as in 'service=new dbname=shop'");
  }
  const Result<Likeness> like = read_source(context);
  if (!like) return fail(like.error());
  Result<MaintenanceConnection> server = connect_for_maintenance(
      context.options, Side::target, {"postgres", "template1"}, context.events, context.stop);
  if (!server) return server.error().during("connecting to a database that --create can be given in");
  const postgres::CancelOnStop cancel_on_stop(context.stop, server->connection);
  const Result<std::string> statement =
      schema::create_database(name->second, like->server, server->connection.version(), like->tablespace);
  if (!statement) return fail(statement.error());
  const Status created = server->connection.execute(*statement);
  if (!created) {
    Error error = created.error();
    if (error.code == ErrorCode::server_error) error.code = ErrorCode::refused;
    if (error.hint.empty()) error.hint = "create it by hand, with a locale that the target's machine has";
    return error.during("creating the target database");
  }
  database.at_maintenance_ = std::move(server->options);
  database.name_ = name->second;
  return database;
}

void CreatedDatabase::drop(discovery::VerbContext& context) const {
  if (name_.empty()) return;
  const Status dropped = [&]() -> Status {
    const auto end = discovery::make_endpoint(at_maintenance_, Side::target, context.events, context.stop);
    if (!end) return fail(end.error());
    Result<Connection> server = connect(**end, Side::target, context.stop);
    if (!server) return fail(server.error());
    return server->execute("DROP DATABASE " + postgres::quote(name_));
  }();
  if (dropped) return;
  context.events.warning(
      "the database that --create has made is still there, and empty: " + dropped.error().message,
      "DROP DATABASE " + postgres::quote(name_), name_);
}

}  // namespace pghaul::job

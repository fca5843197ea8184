#include "job/whole_server.h"

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "catalog/read_catalog.h"
#include "job/fill_report.h"
#include "job/maintenance_connection.h"
#include "job/make_roles.h"
#include "plan/jobs.h"
#include "plan/worker_share.h"

namespace pghaul::job {

using catalog::DatabaseEntry;
using discovery::Options;
using postgres::Connection;
using postgres::Side;

/// Looks at both servers, and lists what is to be done.
Status WholeServer::look() {
  const auto connect = [&](std::optional<Connection>& to, Side side) -> Status {
    const std::string& given = side == Side::source ? context_.options.source : context_.options.target;
    const Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(given);
    if (!server) return server.error().during(std::string("the ") + postgres::side_name(side));
    std::vector<std::string> databases{"postgres", "template1"};
    const auto named = server->keywords().find("dbname");
    if (named != server->keywords().end()) databases.insert(databases.begin(), named->second);
    Result<MaintenanceConnection> connection =
        connect_for_maintenance(context_.options, side, std::move(databases), context_.events, context_.stop);
    if (!connection) return fail(connection.error());
    to.emplace(std::move(connection->connection));
    return {};
  };
  if (Status connected = connect(source_, Side::source); !connected) return connected;
  if (Status connected = connect(target_, Side::target); !connected) return connected;
  const Result<catalog::Server> source = catalog::read_server(*source_);
  if (!source) return fail(source.error());
  Result<catalog::Server> target = catalog::read_server(*target_);
  if (!target) return fail(target.error());
  target_server_ = std::move(*target);
  context_.report.source = described(*source, *source_);
  context_.report.target = described(target_server_, *target_);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int same =
      !source->system_identifier.empty() && source->system_identifier == target_server_.system_identifier;
  workers_ = plan::workers_for_databases(
      plan::wanted_jobs(context_.options.jobs, cores, 0),
      std::min(source->free_connections, target_server_.free_connections) / (1 + same));
  context_.report.jobs = workers_;
  return list_runs();
}

Status WholeServer::list_runs() {
  const Result<std::vector<DatabaseEntry>> there = catalog::list_databases(*target_);
  if (!there) return fail(there.error());
  for (const DatabaseEntry& one : *there) on_target_.insert(one.name);
  const Result<std::vector<DatabaseEntry>> databases = catalog::list_databases(*source_);
  if (!databases) return fail(databases.error());
  context_.report.source->bytes = 0;
  for (const DatabaseEntry& database : *databases) {
    if (!database.closed.empty()) {
      context_.report.left_out.push_back(
          {"database " + shown(catalog::Name{{}, database.name}), database.closed});
      continue;
    }
    context_.report.source->bytes += database.bytes;
    auto run = std::make_unique<Run>();
    run->database = database;
    run->length = static_cast<double>(database.bytes) / workers_;
    const Result<Options> options = options_for(*run);
    if (!options) return fail(options.error());
    const Result<discovery::Endpoint> end =
        discovery::direct_endpoint(options->source, Side::source, *options);
    if (!end) return fail(end.error());
    Result<Connection> inside = Connection::open(end->server, Side::source, {}, context_.stop);
    if (inside) {  // where it can't be, its run says why
      const Result<std::int64_t> largest = catalog::read_largest_table(*inside);
      if (!largest) return fail(largest.error());
      run->length = std::max(run->length, static_cast<double>(*largest));
    }
    runs_.push_back(std::move(run));
  }
  std::ranges::stable_sort(runs_, std::greater<>(), [](const auto& run) { return run->length; });
  return {};
}

/// Makes the roles, unless nothing is to belong to them, nor be granted to them.
Status WholeServer::make_roles() {
  if (!makes_roles()) return {};
  if (!target_server_.may_alter_roles) {
    context_.report.left_out.push_back({"roles", "role " + shown(catalog::Name{{}, target_server_.role}) +
                                                     " may not make any on the target"});
    return {};
  }
  const Result<bool> made =
      make_all_roles(*source_, *target_, target_server_.superuser, context_.report.left_out);
  if (!made) return fail(made.error());
  touched_ = *made;
  return {};
}

}  // namespace pghaul::job

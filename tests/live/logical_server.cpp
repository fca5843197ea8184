#include "live/logical_server.h"

#include "postgres/replication_connection.h"

#include <stdexcept>

namespace pghaul::live {
namespace {

postgres::Connection opened(Result<postgres::Connection> connection) {
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

}  // namespace

support::ClusterOptions logical_options(const std::string& bin_dir) {
  return {.settings = {{"wal_level", "logical"},
                       {"max_prepared_transactions", "5"},
                       {"wal_sender_timeout", "5s"}},
          .bin_dir = bin_dir,
          .standby_of = {}};
}

const support::Cluster& logical_server() {
  static const support::Cluster server(logical_options());
  return server;
}

const support::Cluster& other_logical_server() {
  static const support::Cluster server(logical_options());
  return server;
}

postgres::Connection replication_to(const std::string& uri) {
  return opened(
      postgres::open_for_replication(*postgres::ConnectionString::parse(uri), postgres::Side::source));
}

postgres::Connection session_to(const std::string& uri, postgres::Side side) {
  return opened(postgres::Connection::open(*postgres::ConnectionString::parse(uri), side));
}

}  // namespace pghaul::live

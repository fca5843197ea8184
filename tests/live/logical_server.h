#pragma once

#include <string>

#include "postgres/connection.h"
#include "support/cluster.h"

namespace pghaul::live {

/// A server for all tests of this program that decodes its WAL.
[[nodiscard]] const support::Cluster& logical_server();
/// Settings with which a server does.
[[nodiscard]] support::ClusterOptions logical_options(const std::string& bin_dir = {});

/// Connections for tests: throw std::runtime_error where they can't be had.
[[nodiscard]] postgres::Connection replication_to(const std::string& uri);
[[nodiscard]] postgres::Connection session_to(const std::string& uri, postgres::Side side);

}  // namespace pghaul::live

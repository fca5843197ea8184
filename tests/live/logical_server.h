#pragma once

#include <chrono>
#include <string>

#include "postgres/connection.h"
#include "support/cluster.h"

namespace pghaul::live {

/// For how long tests wait for what has to come: with sanitizers, on a busy machine.
inline constexpr std::chrono::milliseconds kLongEnough{120'000};

/// Two servers for all tests of this program that decode their WAL.
[[nodiscard]] const support::Cluster& logical_server();
[[nodiscard]] const support::Cluster& other_logical_server();
/// Settings with which a server does.
[[nodiscard]] support::ClusterOptions logical_options(const std::string& bin_dir = {});

/// Connections for tests: throw std::runtime_error where they can't be had.
[[nodiscard]] postgres::Connection replication_to(const std::string& uri);
[[nodiscard]] postgres::Connection session_to(const std::string& uri, postgres::Side side);

}  // namespace pghaul::live

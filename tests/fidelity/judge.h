#pragma once

#include <string>

#include "support/versions.h"

namespace pghaul::support {
class Cluster;
class Database;
}  // namespace pghaul::support

namespace pghaul::fidelity {

/// Returns what compare-databases reports as different between two databases; empty: they are equal.
/// Errors  throws std::runtime_error when they could not be compared.
[[nodiscard]] std::string differences(const support::Database& source, const support::Database& target);

/// Compares servers of different versions, where the source's schema has to be put on the target's server
/// first: definitions are printed in other words there.
[[nodiscard]] std::string differences(const support::Database& source, const support::Version& source_version,
                                      const support::Database& target, const support::Version& target_version,
                                      const support::Cluster& target_server);

/// Compares a source whose definitions a server prints in other words once they have been restored.
[[nodiscard]] std::string differences_once_restored(const support::Database& source,
                                                    const support::Database& target,
                                                    const support::Cluster& target_server);

}  // namespace pghaul::fidelity

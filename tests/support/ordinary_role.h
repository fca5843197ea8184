#pragma once

#include <string>

namespace pghaul::support {

class Cluster;

/// The role that owns databases while tests run as an ordinary one: no superuser, no attribute but LOGIN.
inline constexpr const char* kOrdinaryRole = "pghaul_ordinary";

/// Tells whether PGHAUL_TEST_ORDINARY_ROLE is set in the environment. Then each Database belongs to
/// kOrdinaryRole, and its uri() and psql() are that role's; a Cluster's stay the superuser's.
[[nodiscard]] bool runs_as_ordinary_role();

/// Names a test that makes what only a superuser can; such a one is skipped as an ordinary role:
///
///     if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: event triggers";
[[nodiscard]] inline bool needs_superuser() {
  return runs_as_ordinary_role();
}

/// Makes kOrdinaryRole where the server lacks it; other tests may do the same meanwhile.
void make_ordinary_role(const Cluster& server);

}  // namespace pghaul::support

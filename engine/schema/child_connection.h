#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "schema/workspace.h"

namespace pghaul::schema {

/// Lets a child program connect without a secret in its arguments or environment: the keywords go into a
/// service file, the password into a password file, both 0600 in the workspace.
/// `settings`: server settings for the child's session, such as synchronous_commit=off.
/// Returns what to add to the child's environment.
/// Source  PostgreSQL manual, libpq, "The Connection Service File", "The Password File".
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> child_connection(
    const Workspace& workspace, const std::string& service, const postgres::ConnectionString& server,
    const std::string& settings);

}  // namespace pghaul::schema

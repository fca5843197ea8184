#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// A role of a server, as another server can be given it.
struct Role {
  std::string name;
  bool superuser = false;
  bool inherits = true;
  bool may_create_roles = false;
  bool may_create_databases = false;
  bool may_log_in = false;
  bool may_replicate = false;
  bool bypasses_row_security = false;
  int connection_limit = -1;
  std::string valid_until;      // empty: for ever
  std::string password;         // as the server keeps it, hashed; empty: none, or it may not be read
  bool hides_password = false;  // it may log in, and its password may not be read
  std::string comment;
  std::vector<std::pair<std::string, std::string>> settings;  // for all databases
  std::vector<std::pair<std::string, bool>> groups;           // that it is a member of; with admin option
};

/// Reads the roles of these names. A superuser reads their passwords.
[[nodiscard]] Result<std::vector<Role>> read_roles(postgres::Connection& server,
                                                   const std::set<std::string>& names);

/// Lists the names of all roles.
[[nodiscard]] Result<std::set<std::string>> list_roles(postgres::Connection& server);

}  // namespace pghaul::catalog

#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/left_out.h"
#include "catalog/roles.h"

namespace pghaul::schema {

struct RoleStatements {
  /// Statements that each make a role, and its name. They hold hashed passwords: never to be shown.
  std::vector<std::pair<std::string, std::string>> roles;
  /// Statements that each give a role something, and what that is: "role b of role a".
  std::vector<std::pair<std::string, std::string>> properties;
  LeftOuts left_out;
};

/// Makes roles, with their attributes, passwords, settings and comments, and their memberships in each other
/// and in roles that are there. `present`: the target's roles; those of them that are among `roles` are given
/// no more than their memberships in what is made. `superuser`: of the target; another role can't give what
/// it lacks, which is left out, and becomes a member of the roles that it makes, to give them objects.
[[nodiscard]] RoleStatements role_statements(const std::vector<catalog::Role>& roles,
                                             const std::set<std::string>& present, bool superuser);

}  // namespace pghaul::schema

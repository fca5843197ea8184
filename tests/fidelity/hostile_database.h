#pragma once

#include <string>

namespace pghaul::support {
class Cluster;
class Database;
}  // namespace pghaul::support

namespace pghaul::fidelity {

/// Makes the roles and tablespaces that the hostile databases want. Both servers of a copy need them. The
/// ordinary role (support/ordinary_role.h) becomes a member of the roles, and may use the tablespaces.
void prepare(const support::Cluster& server);

/// Fills `database` with what databases/<name>.sql holds. That file may ask `\if :v14` and the like, for 12
/// to 18: is the server of that version or newer? And `\if :superuser` before what only such a one can make.
void fill(const support::Database& database, const std::string& name);

/// Tells whether databases/<name>.sql is about objects of several owners, which only a superuser can make.
[[nodiscard]] bool is_of_several_owners(const std::string& name);

}  // namespace pghaul::fidelity

#include "job/make_roles.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "catalog/roles.h"
#include "postgres/transaction.h"
#include "schema/role_statements.h"

namespace pghaul::job {

Status make_roles(discovery::Discovery& found, postgres::Connection& target, LeftOuts& left_out) {
  const Result<std::set<std::string>> present = catalog::list_roles(target);
  if (!present) return fail(present.error());
  std::set<std::string> missing;
  for (const auto* const names : {&found.source.owners, &found.source.grantees}) {
    std::ranges::copy_if(*names, std::inserter(missing, missing.end()),
                         [&](const std::string& name) { return !present->contains(name); });
  }
  if (missing.empty()) return {};
  const Result<std::vector<catalog::Role>> roles =
      catalog::read_roles(found.source_hold->connection(), missing);
  if (!roles) return fail(roles.error());
  schema::RoleStatements made = schema::role_statements(*roles, *present, found.target->superuser);
  postgres::Transaction making = postgres::Transaction::begin(target);
  for (const std::string& statement : made.roles) {
    const Status done = target.execute(statement);
    if (!done) return done.error().during("making the roles that the target lacks");
  }
  if (const Status done = making.commit(); !done)
    return done.error().during("making the roles that the target lacks");
  for (const auto& [object, statement] : made.properties) {
    const Status done = target.execute(statement);
    if (!done && done.error().code != ErrorCode::server_error) return done;
    if (!done) left_out.push_back({object, done.error().message});
  }
  std::ranges::move(made.left_out, std::back_inserter(left_out));
  return {};
}

}  // namespace pghaul::job

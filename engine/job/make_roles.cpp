#include "job/make_roles.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/roles.h"
#include "postgres/transaction.h"
#include "schema/role_statements.h"

namespace pghaul::job {
namespace {

constexpr const char* kMaking = "making the roles that the target lacks";

/// Runs statements, of which each may fail without the others: then it is added to `left_out`.
Status run_each(const std::vector<std::pair<std::string, std::string>>& statements,
                postgres::Connection& target, LeftOuts& left_out) {
  for (const auto& [object, statement] : statements) {
    if (Status begun = target.execute("SAVEPOINT one"); !begun) return begun;
    const Status done = target.execute(statement);
    if (!done && done.error().code != ErrorCode::server_error) return done;
    if (!done) left_out.push_back({object, done.error().message});
    const Status ended = target.execute(done ? "RELEASE one" : "ROLLBACK TO one");
    if (!ended) return ended;
  }
  return {};
}

/// Makes roles with their properties in one transaction: a run that is interrupted leaves none half made.
Status make(const schema::RoleStatements& made, postgres::Connection& target, bool all_or_none,
            LeftOuts& left_out) {
  postgres::Transaction making = postgres::Transaction::begin(target);
  if (all_or_none) {
    for (const auto& [object, statement] : made.roles) {
      if (Status done = target.execute(statement); !done) return done;
    }
  } else if (Status done = run_each(made.roles, target, left_out); !done) {
    return done;
  }
  if (Status done = run_each(made.properties, target, left_out); !done) return done;
  std::ranges::copy(made.left_out, std::back_inserter(left_out));
  return making.commit();
}

}  // namespace

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
  Status done =
      make(schema::role_statements(*roles, *present, found.target->superuser), target, true, left_out);
  return done ? done : done.error().during(kMaking);
}

Result<bool> make_all_roles(postgres::Connection& source, postgres::Connection& target, bool superuser,
                            LeftOuts& left_out) {
  const Result<std::set<std::string>> present = catalog::list_roles(target);
  if (!present) return fail(present.error());
  Result<std::set<std::string>> all = catalog::list_roles(source);
  if (!all) return fail(all.error());
  std::erase_if(*all, [](const std::string& name) { return name.starts_with("pg_"); });  // every server's own
  const Result<std::vector<catalog::Role>> roles = catalog::read_roles(source, *all);
  if (!roles) return fail(roles.error());
  const schema::RoleStatements statements = schema::role_statements(*roles, *present, superuser);
  if (statements.roles.empty()) return false;
  const Status done = make(statements, target, false, left_out);
  if (!done) return done.error().during(kMaking);
  return true;
}

}  // namespace pghaul::job

#include "discovery/role_finding_search.h"

#include <fmt/format.h>

#include <algorithm>

#include "discovery/prepared.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {

/// Tries a statement; whether the role lacks the right to it.
Result<bool> RoleFindingSearch::is_denied(const std::string& statements) {
  const postgres::Transaction rolled_back = postgres::Transaction::begin(*target_);
  const Status done = target_->execute(statements);
  if (!done && done.error().code != ErrorCode::server_error) return fail(done.error());
  return !done && done.error().sqlstate == postgres::kInsufficientPrivilege;
}

Status RoleFindingSearch::try_kind(std::string_view kind, const std::string& name, const char* trial,
                                   const char* option) {
  const Names objects = entries_of(kind, name);
  if (objects.empty()) return {};
  const Result<bool> denied = is_denied(trial);
  if (!denied) return denied.error().during("trying what the role may do on the target");
  if (*denied) refuse_superusers(objects, option);
  return {};
}

/// Tries those that aren't trusted: a provider may let some roles create them.
Status RoleFindingSearch::try_extensions() {
  const catalog::Server& target = *found_.target;
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind != "EXTENSION") continue;
    const std::string name = name_without_schema(entry);
    const auto has_name = [&](const catalog::Extension& one) { return one.name == name; };
    if (std::ranges::any_of(target.extensions, has_name)) continue;
    const auto offered = std::ranges::find_if(target.available_extensions, has_name);
    if (offered == target.available_extensions.end() || offered->trusted) continue;
    const Result<bool> denied =
        is_denied("CREATE SCHEMA pghaul_trial; SET LOCAL search_path = pghaul_trial; CREATE EXTENSION " +
                  postgres::quote(name) + " CASCADE");
    if (!denied) return denied.error().during("trying what the role may do on the target");
    if (!*denied) continue;
    entries_[name].push_back(entry.dump_id);
    refuse("untrusted_extension", {name},
           fmt::format("extension {} {} is not trusted on the target: role {}, which is no superuser, can't "
                       "create it",
                       word(name), offered->version, role_),
           fmt::format("have an administrator create it in the target database; or leave it out with "
                       "--exclude-extension {}, and with -T what needs it",
                       word(name)));
  }
  return {};
}

}  // namespace pghaul::discovery

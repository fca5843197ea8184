#include "discovery/role_finding_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "postgres/cancel_on_stop.h"

namespace pghaul::discovery {
namespace {

constexpr std::size_t kNamesShown = 5;

// Statements that tell whether a role may do what a superuser may, and a provider may let others do.
constexpr const char* kTrialOfEventTriggers =
    "CREATE FUNCTION pg_temp.pghaul_trial() RETURNS pg_catalog.event_trigger LANGUAGE plpgsql"
    " AS 'BEGIN END';"
    "CREATE EVENT TRIGGER pghaul_trial ON ddl_command_end EXECUTE FUNCTION pg_temp.pghaul_trial()";
constexpr const char* kTrialOfSubscriptions =
    "CREATE SUBSCRIPTION pghaul_trial CONNECTION 'dbname=pghaul_trial password=x' PUBLICATION pghaul_trial"
    " WITH (connect = false, slot_name = NONE)";

/// Says of one object why it can't be made.
std::string reason_of(const std::string& code, const std::string& message) {
  if (code == "superuser_only") return "only a superuser of the target could make it";
  if (code == "untrusted_extension") return "it is not trusted on the target, whose role is no superuser";
  if (code == "not_a_member") return "the target's role is no member of that role";
  if (code == "granted_by_others") return "only a superuser of the target could repeat who granted them";
  if (code == "no_usage_right") return "the target's role may not use its foreign-data wrapper";
  return message;
}

}  // namespace

Result<RoleFindings> role_findings(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (!found.target) return RoleFindings{};
  return RoleFindingSearch(found, options, stop).find();
}

RoleFindingSearch::RoleFindingSearch(Discovery& found, const Options& options, const std::stop_token& stop)
    : found_(found), options_(options), stop_(stop), role_(word(found.target->role)) {}

Result<RoleFindings> RoleFindingSearch::find() {
  Status done = read_privileged_objects();
  if (done && options_.skip_failing) skip_extensions_not_offered();
  if (done) look_for_extensions();
  if (done && !found_.target->superuser) done = find_those_of_ordinary_roles();
  if (!done) return fail(done.error());
  return std::move(role_findings_);
}

Status RoleFindingSearch::find_those_of_ordinary_roles() {
  Result<postgres::Connection> target =
      postgres::Connection::open(found_.target_string, postgres::Side::target, {}, stop_);
  if (!target) return fail(target.error());
  target_.emplace(std::move(*target));
  const postgres::CancelOnStop cancel_on_stop(stop_, *target_);
  look_for_kinds();
  look_at_default_privileges();
  look_at_system_grants();
  look_at_contents();
  Status done = look_at_public();
  if (done) done = look_at_schemas();
  if (done) done = try_extensions();
  if (done) done = try_kind("EVENT TRIGGER", "event trigger", kTrialOfEventTriggers, "--no-event-triggers");
  if (done) done = try_kind("SUBSCRIPTION", "subscription", kTrialOfSubscriptions, "--no-subscriptions");
  return done ? look_at_privileged_objects() : done;
}

void RoleFindingSearch::refuse(std::string code, const Names& objects, std::string message,
                               std::string hint) {
  if (options_.skip_failing && skip(objects, reason_of(code, message))) return;
  role_findings_.findings.push_back({plan::Finding::Severity::refusal, std::move(code), objects.front(),
                                     std::move(message), std::move(hint)});
}

/// Leaves the objects out, if each of them has entries of its own.
bool RoleFindingSearch::skip(const Names& objects, const std::string& reason) {
  for (const std::string& object : objects) {
    if (!entries_.contains(object)) return false;
  }
  for (const std::string& object : objects) {
    for (const int entry : entries_.at(object)) role_findings_.failing[entry] = reason;
  }
  return true;
}

void RoleFindingSearch::refuse_superusers(const Names& objects, const std::string& way_on) {
  if (objects.empty()) return;
  refuse("superuser_only", objects,
         fmt::format("only a superuser could make on the target, which role {} is not: {}", role_,
                     list_of(objects)),
         fmt::format("{}, or copy as a superuser of the target", way_on));
}

std::string RoleFindingSearch::word(const std::string& name) {
  return shown(catalog::Name{{}, name});
}

std::string RoleFindingSearch::list_of(const Names& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown));
  std::string list = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kNamesShown) list += fmt::format(" and {} more", names.size() - kNamesShown);
  return list;
}

}  // namespace pghaul::discovery

#include "discovery/source_objects.h"

#include <functional>
#include <set>
#include <utility>

#include "discovery/map_tablespaces.h"
#include "discovery/session_encoding.h"
#include "plan/extension_version.h"

namespace pghaul::discovery {
namespace {

constexpr catalog::Oid kPgEventTrigger = 3466;  // the catalogs' own OIDs, fixed
constexpr catalog::Oid kPgSubscription = 6100;
constexpr catalog::Oid kPgPublication = 6104;

/// Returns the extensions that are of one version on both servers.
std::vector<std::string> same_extensions(const Discovery& found) {
  std::vector<std::string> same;
  for (const catalog::Extension& one : found.source.server.extensions) {
    const std::string* const there = plan::version_on(*found.target, one.name);
    if (there != nullptr && *there == one.version) same.push_back(one.name);
  }
  return same;
}

/// Leaves out what belongs to objects that are left out by their kind, such as comments on publications.
std::function<bool(catalog::Oid, catalog::Oid)> belongs_to_kinds(const schema::Filters& filters) {
  std::set<catalog::Oid> left_out;
  if (!filters.with_publications) left_out.insert(kPgPublication);
  if (!filters.with_subscriptions) left_out.insert(kPgSubscription);
  if (!filters.with_event_triggers) left_out.insert(kPgEventTrigger);
  if (left_out.empty()) return {};
  return [left_out](catalog::Oid of, catalog::Oid) { return !left_out.contains(of); };
}

}  // namespace

std::string common_encoding(const Discovery& found) {
  return common_encoding(found.source.server.encoding, found.target->encoding);
}

catalog::ObjectScope scope_of(const Discovery& found, const Options& options, int other_version) {
  return {.other_version = other_version,
          .encoding = common_encoding(found),
          .with_owner = options.filters.with_owner,
          .with_acl = options.filters.with_acl,
          .database = options.filters.with_database(),
          .large_objects = options.wants_large_objects(),
          .comments = options.filters.with_comments,
          .security_labels = options.filters.with_security_labels,
          .publications = options.filters.with_publications,
          .subscriptions = options.filters.with_subscriptions,
          .event_triggers = options.filters.with_event_triggers,
          .tablespaces = options.filters.with_tablespaces,
          .large_object_groups = found.large_object_groups,
          .large_objects_left_out = found.source.large_objects.unreadable,
          .extensions = same_extensions(found),
          .belongs = belongs_to_kinds(options.filters)};
}

Result<Objects> source_objects(postgres::Connection& source, const Discovery& found, const Options& options) {
  catalog::ObjectScope scope = scope_of(found, options, found.target->version);
  if (catalog::Chosen chosen = chosen_of(found, options)) scope.belongs = std::move(chosen);
  Result<Objects> objects = catalog::read_objects(source, scope);
  if (objects) map_tablespaces(found, *objects);
  return objects;
}

}  // namespace pghaul::discovery

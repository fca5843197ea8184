#include "discovery/source_objects.h"

#include "plan/extension_version.h"

namespace pghaul::discovery {
namespace {

/// Returns the extensions that are of one version on both servers.
std::vector<std::string> same_extensions(const Discovery& found) {
  std::vector<std::string> same;
  for (const catalog::Extension& one : found.source.server.extensions) {
    const std::string* const there = plan::version_on(*found.target, one.name);
    if (there != nullptr && *there == one.version) same.push_back(one.name);
  }
  return same;
}

}  // namespace

std::string common_encoding(const Discovery& found) {
  for (const std::string& encoding : {found.source.server.encoding, found.target->encoding}) {
    if (encoding == "SQL_ASCII" || encoding == "MULE_INTERNAL") return "SQL_ASCII";
  }
  return "UTF8";
}

catalog::ObjectScope scope_of(const Discovery& found, const Options& options, int other_version) {
  return {.other_version = other_version,
          .encoding = common_encoding(found),
          .with_owner = options.filters.with_owner,
          .with_acl = options.filters.with_acl,
          .database = options.filters.with_database(),
          .large_objects = options.wants_large_objects(),
          .large_object_groups = found.large_object_groups,
          .large_objects_left_out = found.source.large_objects.unreadable,
          .extensions = same_extensions(found),
          .belongs = {}};
}

Result<Objects> source_objects(postgres::Connection& source, const Discovery& found, const Options& options) {
  catalog::ObjectScope scope = scope_of(found, options, found.target->version);
  scope.belongs = chosen_of(found, options);
  return catalog::read_objects(source, scope);
}

}  // namespace pghaul::discovery

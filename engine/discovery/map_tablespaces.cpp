#include "discovery/map_tablespaces.h"

#include <set>
#include <string>
#include <utility>

#include "postgres/connection.h"

namespace pghaul::discovery {
namespace {

constexpr const char* kOwnTablespace =
    "SELECT t.spcname FROM pg_catalog.pg_database AS d"
    " JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace"
    " WHERE d.datname = pg_catalog.current_database()";

void rename(const std::map<std::string, std::string>& names, std::string& tablespace) {
  const auto other = names.find(tablespace);
  if (!tablespace.empty() && other != names.end()) tablespace = other->second;
}

}  // namespace

Result<std::string> own_tablespace(postgres::Connection& connection) {
  const Result<postgres::Rows> own = connection.query(kOwnTablespace);
  if (!own)
    return own.error().during(std::string("looking up the tablespace of the ") +
                              side_name(connection.side()));
  return own->string(0, 0);
}

Result<std::map<std::string, std::string>> tablespaces_on_target(const Options& options,
                                                                 postgres::Connection& target) {
  const Result<std::string> own = own_tablespace(target);
  if (!own) return fail(own.error());
  std::map<std::string, std::string> names = options.tablespaces;
  for (auto& [source, name] : names) {
    if (name == *own) name.clear();
  }
  return names;
}

Status map_tablespaces(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (options.tablespaces.empty() || !options.filters.with_tablespaces) return {};
  found.tablespaces = options.tablespaces;
  if (found.target) {
    Result<postgres::Connection> target =
        postgres::Connection::open(found.target_string, postgres::Side::target, {}, stop);
    if (!target) return fail(target.error());
    Result<std::map<std::string, std::string>> names = tablespaces_on_target(options, *target);
    if (!names) return fail(names.error());
    found.tablespaces = std::move(*names);
  }
  std::set<std::string> used;
  for (std::string tablespace : found.source.tablespaces) {
    rename(found.tablespaces, tablespace);
    if (!tablespace.empty()) used.insert(std::move(tablespace));
  }
  found.source.tablespaces = std::move(used);
  for (catalog::IndexInfo& index : found.source.indexes) rename(found.tablespaces, index.tablespace);
  return found.archive->map_tablespaces(found.tablespaces);
}

void map_tablespaces(const Discovery& found, Objects& objects) {
  if (found.tablespaces.empty()) return;
  for (catalog::ObjectClass& kind : objects) {
    for (std::size_t i = 0; i < kind.aspects.size(); ++i) {
      if (kind.aspects[i].name != "tablespace") continue;
      for (catalog::Object& object : kind.objects) rename(found.tablespaces, object.aspects[i]);
    }
  }
}

}  // namespace pghaul::discovery

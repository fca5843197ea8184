#include "discovery/left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "discovery/left_out_rows.h"
#include "plan/catalog_findings.h"
#include "plan/not_carried.h"

namespace pghaul::discovery {
namespace {

/// Forgets those that are neither copied nor needed by a column's type.
void forget_unneeded_extensions(Discovery& found) {
  std::set<std::string> needed;
  for (const catalog::Type& type : found.source.types) needed.insert(type.extension);
  for (const schema::Entry& entry : found.archive->entries()) {
    if (entry.kind == "EXTENSION") needed.insert(name_without_schema(entry));
  }
  std::erase_if(found.source.server.extensions,
                [&](const catalog::Extension& one) { return !needed.contains(one.name); });
}

}  // namespace

void refuse_closed_tables(Discovery& found, const Options& options) {
  catalog::Catalog closed;
  closed.server = found.source.server;
  closed.relations = found.closed_tables;
  for (const plan::NotCarried& one : plan::not_carried(closed, false)) {
    found.findings.push_back(plan::refusal_of(one, options.resume));
  }
}

void leave_out_uncarried(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  for (plan::NotCarried& one : plan::not_carried(source, options.wants_large_objects())) {
    if (options.skip_unreadable) {
      found.left_out.push_back({std::move(one.object), std::move(one.reason)});
    } else {
      found.findings.push_back(plan::refusal_of(one, options.resume));
    }
  }
  if (!options.skip_unreadable) return;
  std::erase_if(source.sequences,
                [](const catalog::Sequence& one) { return !one.unreadable_reason.empty(); });
  source.large_objects.count -= static_cast<std::int64_t>(source.large_objects.unreadable.size());
}

void leave_out_large_objects(Discovery& found, const Options& options) {
  catalog::LargeObjects& objects = found.source.large_objects;
  if (options.wants_large_objects() || objects.count == 0) return;
  const bool not_asked_for = options.with_large_objects && !options.schema_only;
  found.left_out.push_back(
      {fmt::format("{} large object{}", objects.count, objects.count == 1 ? "" : "s"),
       not_asked_for ? "-n and -t leave out large objects; -b copies them" : "left out as asked"});
  objects = {};
}

void leave_out_database(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  std::erase_if(source.properties, [&](const catalog::DatabaseProperty& one) {
    return !options.filters.with_database() || (one.kind == 'o' && !options.filters.with_owner) ||
           (one.kind == 'a' && !options.filters.with_acl);
  });
  if (options.filters.with_database()) return;
  const char* const reason = "-n and -t leave out what belongs to the database";
  for (const catalog::DatabaseSetting& setting : source.settings) {
    found.left_out.push_back({label(setting), reason});
  }
  source.settings.clear();
  for (catalog::IndexInfo& index : source.indexes) {
    for (const std::string& extension : index.extensions) {
      found.left_out.push_back({fmt::format("dependence of index {} on extension {}", shown(index.name),
                                            shown(catalog::Name{{}, extension})),
                                "-n and -t leave out extensions"});
    }
    index.extensions.clear();
  }
}

void leave_out_invalid_indexes(Discovery& found) {
  for (const catalog::IndexInfo& index : found.source.indexes) {
    if (index.valid || index.partitioned) continue;
    found.left_out.push_back({"index " + shown(index.name), "it is not valid on the source either"});
  }
}

void leave_out_keys(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  const std::set<catalog::Oid> incomplete = lacking_rows(source);
  std::set<catalog::Oid> with_rows;  // or with partitions that have them
  for (const catalog::Relation& relation : source.relations) {
    const bool readable = relation.readable || relation.kind != 'r';
    if (readable && !incomplete.contains(relation.oid)) with_rows.insert(relation.oid);
  }
  const auto stays = [&](const catalog::Constraint& key) {
    return key.kind != 'f' || with_rows.contains(key.references) || !source.relations[key.relation].with_rows;
  };
  for (const catalog::Constraint& key : source.constraints) {
    if (stays(key) || options.data_only) continue;
    found.left_out.push_back(
        {fmt::format("constraint {} of {}", key.name, shown(source.relations[key.relation].name)),
         "the rows of the table it refers to are not among those to copy"});
  }
  std::erase_if(source.constraints, [&](const catalog::Constraint& key) { return !stays(key); });
}

void find_out_of_reach(Discovery& found) {
  if (!found.target) return;
  const auto take = [&](auto& all) {
    std::erase_if(all, [&](const auto& one) {
      std::string reason = plan::why_out_of_reach(one, *found.target);
      if (reason.empty()) return false;
      found.out_of_reach.push_back({label(one), std::move(reason)});
      return true;
    });
  };
  take(found.source.settings);
  take(found.source.properties);
  take(found.source.constraint_triggers);
}

void forget_excluded(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  const schema::Filters& filters = options.filters;
  if (!filters.with_subscriptions) source.subscriptions.clear();
  if (!filters.with_comments) {
    std::erase_if(source.properties,
                  [](const catalog::DatabaseProperty& one) { return one.name == "comment"; });
  }
  if (filters.with_tablespaces) return;
  source.tablespaces.clear();
  for (catalog::IndexInfo& index : source.indexes) index.tablespace.clear();
}

void forget_unchosen(Discovery& found, const Options& options) {
  forget_excluded(found, options);
  if (!options.filters.all()) forget_unneeded_extensions(found);
  if (options.filters.with_database()) return;
  found.source.subscriptions.clear();
  found.source.hidden_mappings.clear();
}

}  // namespace pghaul::discovery

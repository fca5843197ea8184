#include "discovery/archive_discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "discovery/chosen_part.h"
#include "plan/archive_plan.h"
#include "schema/choice.h"

namespace pghaul::discovery {
namespace {

constexpr int kNoLimit = 1000;  // to how many may read files

/// Whether it tells of what stays behind anyway.
bool is_of_the_rest(const std::string& left_out, const std::set<std::string>& rest) {
  const std::size_t of = left_out.rfind(" of ");  // "constraint c of public.t"
  if (of != std::string::npos && rest.contains(left_out.substr(of + 4))) return true;
  return std::ranges::any_of(rest, [&](const std::string& name) { return left_out.ends_with(" " + name); });
}

/// Without what wasn't chosen, and without what the archive lacks of that.
Status keep_chosen(Discovery& found, const Options& options, const std::stop_token& stop) {
  const std::vector<schema::Entry> all = found.archive->entries();
  const Result<std::set<int>> chosen = schema::choose(all, found.source, options.filters);
  if (!chosen) return fail(chosen.error());
  found.archive->keep_entries(*chosen);
  const Result<std::string> sql = found.archive->sql(stop);
  if (!sql) return fail(sql.error());
  catalog::Catalog part = chosen_part(found.source, all, found.archive->entries(), *sql);
  std::set<std::string> rest;
  for (const catalog::Relation& relation : found.source.relations) rest.insert(shown(relation.name));
  for (const catalog::Sequence& sequence : found.source.sequences) rest.insert(shown(sequence.name));
  for (const catalog::IndexInfo& index : found.source.indexes) rest.insert(shown(index.name));
  for (const catalog::Relation& relation : part.relations) rest.erase(shown(relation.name));
  for (const catalog::Sequence& sequence : part.sequences) rest.erase(shown(sequence.name));
  for (const catalog::IndexInfo& index : part.indexes) rest.erase(shown(index.name));
  std::erase_if(found.left_out,
                [&](const Discovery::LeftOut& one) { return is_of_the_rest(one.object, rest); });
  found.source = std::move(part);
  found.stored->narrow(found.source);
  return {};
}

}  // namespace

void plan_archive(Discovery& found) {
  found.surroundings = {};
  found.plan = plan::make_archive_plan(found.source, found.plan_options);
  found.predicted_seconds =
      plan::look_ahead(found.plan, found.plan_options.rates, found.surroundings, found.plan_options.machines)
          .seconds;
}

Status open_archive(Discovery& found, const std::string& folder) {
  Result<archive::Reader> archive = archive::Reader::open(folder);
  if (!archive) return fail(archive.error());
  found.stored.emplace(std::move(*archive));
  const archive::Manifest& manifest = found.stored->manifest();
  found.source = found.stored->catalog();
  catalog::Server& server = found.source.server;
  server.free_connections = kNoLimit;
  server.system_identifier = "archive " + found.stored->identity();  // not the database that it came from
  found.snapshot_id = manifest.source.snapshot;
  found.source_state = found.stored->identity();
  found.source_description =
      fmt::format("archive {} of {}, {}", folder, manifest.source.database, manifest.created);
  for (const archive::Manifest::LeftOut& one : manifest.left_out) {
    found.left_out.push_back({one.object, one.reason});
  }
  return {};
}

Status read_archive(Discovery& found, const Options& options, const std::vector<schema::Programs>& programs,
                    const std::stop_token& stop) {
  const Result<std::string> schema = found.stored->read_schema();
  if (!schema) return fail(schema.error());
  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open(programs, *schema, options.filters, stop);
  if (!archive) return fail(archive.error());
  const std::vector<int>& gone = found.stored->manifest().left_out_entries;
  archive->leave_out_entries({gone.begin(), gone.end()});
  found.archive.emplace(std::move(*archive));
  return options.filters.all() ? Status{} : keep_chosen(found, options, stop);
}

std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive) {
  std::vector<plan::StoredRows> all(archive.catalog().relations.size());
  for (catalog::Place place = 0; place < all.size(); ++place) {
    if (!carries_rows(archive.catalog().relations[place])) continue;
    const archive::Manifest::Table& table = archive.table(place);
    all[place].format = {table.format == "binary", table.reason};
    for (const archive::Manifest::Rows& file : table.files) {
      all[place].files.push_back({file.first_page, file.end_page});
    }
    if (const archive::Manifest::Generated* generated = archive.generated(place)) {
      all[place].computed.emplace(plan::Format{.binary = generated->format == "binary"});
    }
  }
  return all;
}

}  // namespace pghaul::discovery

#include "discovery/archive_source.h"

#include <algorithm>
#include <set>

#include "discovery/archive_discovery.h"
#include "discovery/left_out.h"
#include "discovery/narrow_catalog.h"
#include "schema/pattern_selection.h"

namespace pghaul::discovery {
namespace {

/// Says whether it tells of what stays behind anyway.
bool is_of_the_rest(const std::string& left_out, const std::set<std::string>& rest) {
  const std::size_t of = left_out.rfind(" of ");  // "constraint c of public.t"
  if (of != std::string::npos && rest.contains(left_out.substr(of + 4))) return true;
  return std::ranges::any_of(rest, [&](const std::string& name) { return left_out.ends_with(" " + name); });
}

}  // namespace

Result<int> ArchiveSource::open() {
  if (const Status opened = open_archive(found_, folder_); !opened) return fail(opened.error());
  found_.source_is_here = true;
  return 0;
}

Status ArchiveSource::read(const std::vector<schema::Programs>& programs) {
  const Result<std::string> schema = found_.stored->read_schema();
  if (!schema) return fail(schema.error());
  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open(programs, *schema, options_.filters, stop_);
  if (!archive) return fail(archive.error());
  const std::vector<int>& gone = found_.stored->manifest().left_out_entries;
  archive->leave_out_entries({gone.begin(), gone.end()});
  const std::vector<schema::Entry> all = archive->entries();
  const Result<std::vector<schema::Entry>> excluded = archive->leave_out_excluded();
  if (!excluded) return fail(excluded.error());
  found_.archive.emplace(std::move(*archive));
  return options_.filters.all() && excluded->empty() ? Status{} : keep_chosen(all);
}

/// Forgets what wasn't chosen of `all` that the archive lists, and what the archive lacks of that.
Status ArchiveSource::keep_chosen(const std::vector<schema::Entry>& all) {
  if (!options_.filters.all()) {
    const Result<std::set<int>> chosen =
        schema::choose(found_.archive->entries(), found_.source, options_.filters);
    if (!chosen) return fail(chosen.error());
    found_.archive->keep_entries(*chosen);
  }
  const Result<std::string> sql = found_.archive->sql(stop_);
  if (!sql) return fail(sql.error());
  catalog::Catalog part = narrow_catalog(found_.source, all, found_.archive->entries(), *sql);
  std::set<std::string> rest;
  for (const catalog::Relation& relation : found_.source.relations) rest.insert(shown(relation.name));
  for (const catalog::Sequence& sequence : found_.source.sequences) rest.insert(shown(sequence.name));
  for (const catalog::IndexInfo& index : found_.source.indexes) rest.insert(shown(index.name));
  for (const catalog::Relation& relation : part.relations) rest.erase(shown(relation.name));
  for (const catalog::Sequence& sequence : part.sequences) rest.erase(shown(sequence.name));
  for (const catalog::IndexInfo& index : part.indexes) rest.erase(shown(index.name));
  std::erase_if(found_.left_out, [&](const LeftOut& one) { return is_of_the_rest(one.object, rest); });
  found_.source = std::move(part);
  found_.stored->narrow(found_.source);
  return {};
}

void ArchiveSource::leave_out() {
  forget_unchosen(found_, options_);
  leave_out_keys(found_, options_);
}

}  // namespace pghaul::discovery

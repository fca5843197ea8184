#include "discovery/leave_out_failing.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/narrow_catalog.h"
#include "discovery/role_findings.h"
#include "discovery/unrepeatable_findings.h"
#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

/// Names an entry for people: "table app.t".
std::string shown_entry(const schema::Entry& entry) {
  std::string kind;
  for (const char c : entry.kind) kind += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (kind == "acl") kind = "grants on";
  if (kind == "default acl") kind = "default privileges";
  std::string name = entry.text.substr(0, entry.text.rfind(' '));
  if (name.starts_with("- ")) return kind + " " + name.substr(2);
  if (const std::size_t space = name.find(' '); space != std::string::npos) name[space] = '.';
  return kind + " " + name;
}

/// Recognizes entries that go unsaid with what they are a part of.
bool is_part(const schema::Entry& entry) {
  constexpr std::array<std::string_view, 6> kParts = {"DEFAULT",      "INDEX ATTACH",      "ROW SECURITY",
                                                      "TABLE ATTACH", "SEQUENCE OWNED BY", "SHELL TYPE"};
  return is_companion(entry) || std::ranges::find(kParts, entry.kind) != kParts.end();
}

/// Forgets indexes and constraints whose own entries are gone, and what gone extensions have made.
void forget_parts(catalog::Catalog& source, const std::vector<schema::Entry>& gone) {
  std::set<catalog::Oid> oids;
  std::set<std::string> extensions;
  for (const schema::Entry& entry : gone) {
    if (entry.oid != 0) oids.insert(entry.oid);
    if (entry.kind == "EXTENSION") extensions.insert(name_without_schema(entry));
  }
  std::erase_if(source.indexes, [&](const auto& one) { return oids.contains(one.oid); });
  std::erase_if(source.constraints,
                [&](const auto& one) { return oids.contains(one.oid) || oids.contains(one.index); });
  std::erase_if(source.server.extensions, [&](const auto& one) { return extensions.contains(one.name); });
  for (catalog::Relation& relation : source.relations) {
    if (extensions.contains(relation.extension)) relation.with_rows = false;
  }
}

/// Adds the tables that no server would take again to `failing`; to the findings what is told by their rows,
/// and indexes, which the comparison could not leave out by themselves.
Status add_unrepeatable(Discovery& found, const Options& options, const std::vector<schema::Entry>& entries,
                        std::map<int, std::string>& failing, const std::stop_token& stop) {
  constexpr catalog::Oid kPgClass = 1259;
  Result<std::vector<UnrepeatableRelation>> unrepeatable = unrepeatable_findings(found, options, stop);
  if (!unrepeatable) return fail(unrepeatable.error());
  for (UnrepeatableRelation& one : *unrepeatable) {
    const auto entry = std::ranges::find_if(entries, [&](const schema::Entry& listed) {
      return listed.catalog == kPgClass && listed.oid == one.oid;
    });
    // What a look at rows finds in a few seconds may be something else when the job goes on.
    if (entry == entries.end() || entry->kind != "TABLE" || one.finding.code == "plain_storage") {
      found.findings.push_back(std::move(one.finding));
    } else {
      failing.emplace(entry->dump_id, one.finding.message);
    }
  }
  return {};
}

}  // namespace

Status leave_out_failing(Discovery& found, const Options& options, const std::stop_token& stop) {
  Result<RoleFindings> of_role = role_findings(found, options, stop);
  if (!of_role) return fail(of_role.error());
  std::ranges::move(of_role->findings, std::back_inserter(found.findings));
  std::map<int, std::string>& failing = of_role->failing;
  const std::vector<schema::Entry> all = found.archive->entries();
  if (const Status done = add_unrepeatable(found, options, all, failing, stop); !done) return done;
  if (failing.empty()) return {};
  add_dependents(all, failing);
  std::set<int> ids;
  std::vector<schema::Entry> gone;
  for (const schema::Entry& entry : all) {
    const auto reason = failing.find(entry.dump_id);
    if (reason == failing.end()) continue;
    gone.push_back(entry);
    ids.insert(entry.dump_id);
    found.left_out_entries.push_back(entry.dump_id);
    if (entry.oid != 0) found.excluded.emplace(entry.catalog, entry.oid);
    const bool goes_unsaid = is_part(entry) && entry.kind != "ACL";
    if (!goes_unsaid && !reason->second.empty())
      found.left_out.push_back({verify::readable(shown_entry(entry)), verify::readable(reason->second)});
  }
  found.archive->leave_out_entries(ids);
  const Result<std::string> sql = found.archive->sql(stop);
  if (!sql) return fail(sql.error());
  found.source = narrow_catalog(found.source, all, found.archive->entries(), *sql);
  if (found.stored) found.stored->narrow(found.source);
  forget_parts(found.source, gone);
  return {};
}

void add_dependents(const std::vector<schema::Entry>& entries, std::map<int, std::string>& failing) {
  std::map<int, const schema::Entry*> by_id;
  for (const schema::Entry& entry : entries) by_id[entry.dump_id] = &entry;
  for (bool more = true; more;) {  // an entry may come before what it needs
    more = false;
    for (const schema::Entry& entry : entries) {
      if (failing.contains(entry.dump_id)) continue;
      const auto needed =
          std::ranges::find_if(entry.depends_on, [&](int id) { return failing.contains(id); });
      if (needed == entry.depends_on.end()) continue;
      const auto known = by_id.find(*needed);
      const bool unsaid = is_companion(entry) || known == by_id.end();
      failing[entry.dump_id] = unsaid ? "" : "it needs " + shown_entry(*known->second);
      more = true;
    }
  }
}

}  // namespace pghaul::discovery

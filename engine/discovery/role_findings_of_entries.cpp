#include "discovery/role_finding_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "discovery/prepared.h"
#include "plan/extension_version.h"
#include "schema/listed_names.h"
#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

/// Returns the name that holds the others where a listed name could be each of them: "a" and "a b" of "a b
/// c".
std::string longest(const std::vector<std::string>& names) {
  const auto found = std::ranges::max_element(names, {}, &std::string::size);
  return found == names.end() ? std::string() : *found;
}

/// Kinds of entries that only a superuser can make, with the option that leaves them out; others go with
/// their schema.
struct Kind {
  std::string_view entry;
  const char* name;
  const char* way_on;
};
constexpr std::array<Kind, 7> kSuperusersKinds = {{
    {"ACCESS METHOD", "access method", "leave out the tables and indexes that use it with -T"},
    {"FOREIGN DATA WRAPPER", "foreign-data wrapper", "leave it out by choosing schemas with -n"},
    {"OPERATOR CLASS", "operator class", "leave its schema out with -N"},
    {"OPERATOR FAMILY", "operator family", "leave its schema out with -N"},
    {"PROCEDURAL LANGUAGE", "language", "leave it out by choosing schemas with -n"},
    {"TEXT SEARCH PARSER", "text search parser", "leave its schema out with -N"},
    {"TEXT SEARCH TEMPLATE", "text search template", "leave its schema out with -N"},
}};

/// Names what an entry lists: "operator class app.backward_ops" of "app backward_ops owner".
std::string name_of(const schema::Entry& entry, const std::string& kind) {
  std::string name = entry.text.substr(0, entry.text.rfind(' '));
  if (name.starts_with("- ")) return kind + " " + name.substr(2);
  if (const std::size_t space = name.find(' '); space != std::string::npos) name[space] = '.';
  return kind + " " + name;
}

}  // namespace

using catalog::PrivilegedObject;

void RoleFindingSearch::skip_extensions_not_offered() {
  const catalog::Server& target = *found_.target;
  if (target.available_extensions.empty()) return;  // not known
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind != "EXTENSION" || plan::version_on(target, name_without_schema(entry)) != nullptr)
      continue;
    role_findings_.failing[entry.dump_id] = "the target's server does not offer it";
  }
}

RoleFindingSearch::Names RoleFindingSearch::entries_of(std::string_view kind, const std::string& name) {
  Names names;
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind != kind) continue;
    names.push_back(name_of(entry, name));
    entries_[names.back()].push_back(entry.dump_id);
  }
  return names;
}

void RoleFindingSearch::look_for_kinds() {
  for (const Kind& kind : kSuperusersKinds) refuse_superusers(entries_of(kind.entry, kind.name), kind.way_on);
}

/// Finds what would be made in schemas of the target that belong to others.
Status RoleFindingSearch::look_at_schemas() {
  const Result<postgres::Rows> theirs = target_->query(
      "SELECT nspname, pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace"
      " WHERE nspname !~ '^pg_' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE')"
      " AND NOT pg_catalog.has_schema_privilege(oid, 'CREATE')");
  if (!theirs) return theirs.error().during("looking for the target's schemas");
  for (int row = 0; row < theirs->size(); ++row) {
    look_at_schema_of(theirs->string(row, 1), theirs->string(row, 0));
  }
  return {};
}

void RoleFindingSearch::look_at_schema_of(const std::string& owner, const std::string& schema) {
  Names objects;
  const schema::ListedNames listed(found_.archive->entries(), found_.source);
  for (const schema::Entry& entry : found_.archive->entries()) {
    const bool of_its_own =
        entry.oid != 0 && !entry.post_data && entry.kind != "DEFAULT" && !is_companion(entry);
    if (!of_its_own || longest(listed.schemas_of(entry)) != schema) continue;
    std::string kind = entry.kind;
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
    objects.push_back(name_of(entry, kind));
    entries_[objects.back()].push_back(entry.dump_id);
  }
  if (objects.empty()) return;
  refuse("not_the_owner", objects,
         fmt::format("role {} may not create in schema {} of the target, which belongs to role {}: {}", role_,
                     word(schema), word(owner), list_of(objects)),
         fmt::format(
             "as its owner on the target: GRANT CREATE, USAGE ON SCHEMA {} TO {}, and pass -O -x, as the "
             "schema stays its owner's; or leave it out with -N",
             word(schema), role_));
}

void RoleFindingSearch::look_at_default_privileges() {
  if (!options_.filters.with_acl) return;
  Names roles;
  std::set<std::string> all = found_.source.owners;
  all.insert(found_.source.grantees.begin(), found_.source.grantees.end());
  for (const std::string& role : found_.source.grantees) {
    if (found_.target->own_roles.contains(role)) continue;
    for (const schema::Entry& entry : found_.archive->entries()) {
      if (entry.kind != "DEFAULT ACL" || owner_of(entry, all) != role) continue;
      if (roles.empty() || roles.back() != word(role)) roles.push_back(word(role));
      entries_["default privileges of " + word(role)].push_back(entry.dump_id);
    }
  }
  if (roles.empty()) return;
  Names privileges;
  for (const std::string& role : roles) privileges.push_back("default privileges of " + role);
  refuse("not_a_member", privileges,
         fmt::format("role {} of the target may not alter the default privileges of {}, as it is no member",
                     role_, list_of(roles)),
         fmt::format("as an administrator of that role on the target: GRANT {} TO {}; or pass --no-acl",
                     roles.front(), role_));
}

void RoleFindingSearch::look_at_system_grants() {
  if (!options_.filters.with_acl) return;
  Names objects;
  for (const schema::Entry& entry : found_.archive->entries()) {
    constexpr std::string_view kSchema = "pg_catalog ";
    if (entry.kind != "ACL" || !entry.text.starts_with(kSchema)) continue;
    const std::string object = entry.text.substr(kSchema.size(), entry.text.rfind(' ') - kSchema.size());
    objects.push_back("grants on " + verify::readable(object));
    entries_[objects.back()].push_back(entry.dump_id);
  }
  refuse_superusers(objects, "--no-acl");
}

/// Finds extensions that the target lacks and the copy does not bring.
void RoleFindingSearch::look_for_extensions() {
  std::set<std::string> needed;
  for (const std::string& one : extensions_to_find(found_)) needed.insert(one);
  for (const PrivilegedObject& one : objects_) {
    if (one.kind == PrivilegedObject::Kind::foreign_server_of_extension) needed.insert(one.detail);
  }
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind == "EXTENSION") needed.erase(name_without_schema(entry));
  }
  for (const catalog::Extension& one : found_.target->extensions) needed.erase(one.name);
  for (const std::string& name : needed) {
    refuse(
        "missing_extension", {name},
        fmt::format("the target database lacks extension {}, which chosen objects need, and which is not "
                    "chosen",
                    word(name)),
        fmt::format("on the target: CREATE EXTENSION {}; or take it along with -e {}, or leave out with -T "
                    "what needs it",
                    word(name), word(name)));
  }
}

}  // namespace pghaul::discovery

#include "discovery/obstacle_search.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "discovery/prepared.h"
#include "plan/extension_version.h"
#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

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

void ObstacleSearch::skip_extensions_not_offered() {
  const catalog::Server& target = *found_.target;
  if (target.available_extensions.empty()) return;  // not known
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind != "EXTENSION" || plan::version_on(target, name_without_schema(entry)) != nullptr)
      continue;
    obstacles_.failing[entry.dump_id] = "the target's server does not offer it";
  }
}

ObstacleSearch::Names ObstacleSearch::entries_of(std::string_view kind, const std::string& name) {
  Names names;
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.kind != kind) continue;
    names.push_back(name_of(entry, name));
    entries_[names.back()].push_back(entry.dump_id);
  }
  return names;
}

void ObstacleSearch::look_for_kinds() {
  for (const Kind& kind : kSuperusersKinds) refuse_superusers(entries_of(kind.entry, kind.name), kind.way_on);
}

void ObstacleSearch::look_at_default_privileges() {
  if (!options_.filters.with_acl) return;
  Names roles;
  for (const std::string& role : found_.source.grantees) {
    if (found_.target->own_roles.contains(role)) continue;
    for (const schema::Entry& entry : found_.archive->entries()) {
      if (entry.kind != "DEFAULT ACL" || !entry.text.ends_with(" " + role)) continue;
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

void ObstacleSearch::look_at_system_grants() {
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
void ObstacleSearch::look_for_extensions() {
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

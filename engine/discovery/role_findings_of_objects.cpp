#include "discovery/role_finding_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

constexpr const char* kTrialOfPublications = "CREATE PUBLICATION pghaul_trial FOR ALL TABLES";

}  // namespace

using catalog::PrivilegedObject;

/// Reads what no entry shows; an archive's catalog doesn't, either.
Status RoleFindingSearch::read_privileged_objects() {
  const bool is_of_use = !found_.target->superuser || !options_.filters.all();
  if (!found_.source_hold || !is_of_use) return {};
  Result<std::vector<PrivilegedObject>> objects =
      catalog::read_privileged_objects(found_.source_hold->connection(), chosen_of(found_, options_));
  if (!objects) return fail(objects.error());
  objects_ = std::move(*objects);
  for (PrivilegedObject& one : objects_) {
    one.object = verify::readable(one.object);
    if (options_.skip_failing) note_entries(one);
  }
  return {};
}

/// Notes the entry of the object, or of its grants, where these are what can't be made.
void RoleFindingSearch::note_entries(PrivilegedObject& one) {
  const bool of_grants = one.kind == PrivilegedObject::Kind::grant;
  if (of_grants) one.object = "grants on " + one.object;
  int own = 0;
  for (const schema::Entry& entry : found_.archive->entries()) {
    if (entry.catalog == one.catalog && entry.oid == one.oid) own = entry.dump_id;
    const bool is_grant =
        entry.kind == "ACL" && own != 0 && !entry.depends_on.empty() && entry.depends_on.front() == own;
    if (of_grants ? is_grant : entry.dump_id == own) entries_[one.object].push_back(entry.dump_id);
  }
}

RoleFindingSearch::Names RoleFindingSearch::all(PrivilegedObject::Kind kind) const {
  Names names;
  for (const PrivilegedObject& one : objects_) {
    if (one.kind == kind && (names.empty() || names.back() != one.object)) names.push_back(one.object);
  }
  return names;
}

Status RoleFindingSearch::look_at_privileged_objects() {
  using Of = PrivilegedObject::Kind;
  Names functions = all(Of::untrusted_function);
  std::ranges::move(all(Of::leakproof_function), std::back_inserter(functions));
  refuse_superusers(functions, "leave their schema out with -N");
  refuse_superusers(all(Of::base_type), "leave its schema out with -N");
  refuse_superusers(all(Of::cast_or_transform), "leave it out by choosing schemas with -n");
  look_at_settings();
  look_at_grants();
  look_at_owners();
  if (const Status done = look_at_servers(); !done) return done;
  Names publications = options_.filters.with_publications ? all(Of::publication_of_all_tables) : Names{};
  std::ranges::move(entries_of("PUBLICATION TABLES IN SCHEMA", "publication of schema"),
                    std::back_inserter(publications));
  if (publications.empty()) return {};
  const Result<bool> denied = is_denied(kTrialOfPublications);
  if (!denied) return denied.error().during("trying what the role may do on the target");
  if (*denied) refuse_superusers(publications, "--no-publications");
  return {};
}

void RoleFindingSearch::look_at_settings() {
  for (const PrivilegedObject& one : objects_) {
    if (one.kind != PrivilegedObject::Kind::setting_of_function) continue;
    if (!found_.target->closed_settings.contains(one.detail)) continue;
    refuse("closed_setting", {one.object},
           fmt::format("{} sets {}, which role {} of the target may not set", one.object, one.detail, role_),
           fmt::format("as a superuser on the target, from PostgreSQL 15 on: GRANT SET ON PARAMETER {} TO "
                       "{}; or leave its schema out with -N",
                       one.detail, role_));
  }
}

void RoleFindingSearch::look_at_grants() {
  if (!options_.filters.with_acl) return;
  Names names;
  std::set<std::string> by;
  for (const PrivilegedObject& one : objects_) {
    if (one.kind != PrivilegedObject::Kind::grant || one.detail == found_.target->role) continue;
    names.push_back(one.object);
    by.insert(word(one.detail));
  }
  if (names.empty()) return;
  refuse("granted_by_others", names,
         fmt::format(
             "grants that not the owner made, but {}, can be repeated by a superuser of the target only, "
             "which role {} is not: on {}",
             fmt::join(by, ", "), role_, list_of(names)),
         "--no-acl, or have the owners grant these on the source, and revoke the others");
}

/// Finds owners who lack the right to create in their objects' schemas: only a superuser can give to them
/// then.
void RoleFindingSearch::look_at_owners() {
  if (!options_.filters.with_owner) return;
  Names names;
  std::set<std::string> owners;
  for (const PrivilegedObject& one : objects_) {
    const bool lacks_right =
        one.kind == PrivilegedObject::Kind::owner_without_right ||
        (one.kind == PrivilegedObject::Kind::owner_by_grant && !options_.filters.with_acl);
    if (!lacks_right || one.detail == found_.target->role) continue;
    names.push_back(one.object);
    owners.insert(word(one.detail));
  }
  if (names.empty()) return;
  refuse("owner_without_right", names,
         fmt::format(
             "role {} of the target, which is no superuser, can't give objects to {}, who may not create in "
             "their schemas: {}",
             role_, fmt::join(owners, ", "), list_of(names)),
         options_.filters.with_acl
             ? "--no-owner, or GRANT CREATE ON these schemas to the owners on the source"
             : "--no-owner as well, or the grants too");
}

Status RoleFindingSearch::look_at_servers() {
  const auto is_server = [](const PrivilegedObject& one) {
    return one.kind == PrivilegedObject::Kind::foreign_server;
  };
  if (std::ranges::none_of(objects_, is_server)) return {};
  const Result<postgres::Rows> closed = target_->query(
      "SELECT fdwname FROM pg_catalog.pg_foreign_data_wrapper"
      " WHERE NOT pg_catalog.has_foreign_data_wrapper_privilege(oid, 'USAGE')");
  if (!closed) return closed.error().during("looking at the target's foreign-data wrappers");
  for (int row = 0; row < closed->size(); ++row) {
    Names servers;
    for (const PrivilegedObject& one : objects_) {
      if (is_server(one) && one.detail == closed->string(row, 0)) servers.push_back(one.object);
    }
    if (servers.empty()) continue;
    refuse("no_usage_right", servers,
           fmt::format("role {} may not use the target's foreign-data wrapper {}, which these need: {}",
                       role_, word(closed->string(row, 0)), list_of(servers)),
           fmt::format("as its owner on the target: GRANT USAGE ON FOREIGN DATA WRAPPER {} TO {}",
                       word(closed->string(row, 0)), role_));
  }
  return {};
}

/// Finds what would have to be changed of schema public, where it belongs to another role.
Status RoleFindingSearch::look_at_public() {
  if (found_.target->owns_public || !found_.source_hold || !options_.filters.with_database()) return {};
  constexpr const char* kPublic =
      "SELECT pg_catalog.pg_get_userbyid(nspowner), nspacl, pg_catalog.obj_description(oid, 'pg_namespace')"
      " FROM pg_catalog.pg_namespace WHERE nspname = 'public'";
  const Result<postgres::Rows> here = found_.source_hold->connection().query(kPublic);
  const Result<postgres::Rows> there = target_->query(kPublic);
  if (!here || !there) return (here ? there : here).error().during("looking at schema public");
  if (here->size() == 0 || there->size() == 0) return {};
  const auto compare = [&](int column, bool wanted, const char* what, const char* option) {
    if (!wanted || here->string(0, column) == there->string(0, column)) return;
    refuse(
        "not_the_owner", {"schema public"},
        fmt::format("role {} does not own schema public of the target, and can't give it {}", role_, what),
        fmt::format("{}, or as a superuser on the target: ALTER SCHEMA public OWNER TO {}", option, role_));
  };
  compare(0, options_.filters.with_owner, "its owner on the source", "--no-owner");
  compare(1, options_.filters.with_acl, "its grants on the source", "--no-acl");
  compare(2, options_.filters.with_comments, "its comment on the source", "--no-comments");
  return {};
}

/// Finds what a confirmed copy could not remove.
void RoleFindingSearch::look_at_contents() {
  if (options_.confirm != found_.target->database) return;
  Names stay;
  for (const catalog::Contents::Object& one : found_.contents.objects) {
    if (!one.may_drop && one.kind != "default privileges") stay.push_back(one.kind + " " + shown(one.name));
  }
  if (stay.empty()) return;
  refuse("undroppable", stay,
         fmt::format("role {} may not drop what belongs to others in the target database: {}", role_,
                     list_of(stay)),
         "have their owners or a superuser drop them, or copy into another database");
}

}  // namespace pghaul::discovery

#include "discovery/obstacles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/nullable_children.h"
#include "catalog/privileged_objects.h"
#include "discovery/prepared.h"
#include "plan/extension_version.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

using catalog::PrivilegedObject;
using Names = std::vector<std::string>;

constexpr std::size_t kNamesShown = 5;
constexpr const char* kInsufficientPrivilege = "42501";

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

// Statements that tell whether a role may do what a superuser may, and a provider may let others do.
constexpr const char* kTrialOfEventTriggers =
    "CREATE FUNCTION pg_temp.pghaul_trial() RETURNS pg_catalog.event_trigger LANGUAGE plpgsql"
    " AS 'BEGIN END';"
    "CREATE EVENT TRIGGER pghaul_trial ON ddl_command_end EXECUTE FUNCTION pg_temp.pghaul_trial()";
constexpr const char* kTrialOfPublications = "CREATE PUBLICATION pghaul_trial FOR ALL TABLES";
constexpr const char* kTrialOfSubscriptions =
    "CREATE SUBSCRIPTION pghaul_trial CONNECTION 'dbname=pghaul_trial password=x' PUBLICATION pghaul_trial"
    " WITH (connect = false, slot_name = NONE)";

std::string word(const std::string& name) {
  return shown(catalog::Name{{}, name});
}

/// Says of one object why it can't be made.
std::string reason_of(const std::string& code, const std::string& message) {
  if (code == "superuser_only") return "only a superuser of the target could make it";
  if (code == "untrusted_extension") return "it is not trusted on the target, whose role is no superuser";
  if (code == "not_a_member") return "the target's role is no member of that role";
  if (code == "granted_by_others") return "only a superuser of the target could repeat who granted them";
  if (code == "no_usage_right") return "the target's role may not use its foreign-data wrapper";
  return message;
}

std::string list_of(const Names& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown));
  std::string list = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kNamesShown) list += fmt::format(" and {} more", names.size() - kNamesShown);
  return list;
}

/// Names what an entry lists: "operator class app.backward_ops" of "app backward_ops owner".
std::string name_of(const schema::Entry& entry, const std::string& kind) {
  std::string name = entry.text.substr(0, entry.text.rfind(' '));
  if (name.starts_with("- ")) return kind + " " + name.substr(2);
  if (const std::size_t space = name.find(' '); space != std::string::npos) name[space] = '.';
  return kind + " " + name;
}

class Search {
 public:
  Search(Discovery& found, const Options& options, const std::stop_token& stop)
      : found_(found), options_(options), stop_(stop), role_(word(found.target->role)) {}

  Result<Obstacles> find() {
    Status done = read_privileged_objects();
    if (done && options_.skip_failing) skip_extensions_not_offered();
    if (done) look_for_extensions();
    if (done) done = look_at_inherited_columns();
    if (done && !found_.target->superuser) done = find_those_of_ordinary_roles();
    if (!done) return fail(done.error());
    return std::move(obstacles_);
  }

 private:
  Status find_those_of_ordinary_roles() {
    Result<postgres::Connection> target =
        postgres::Connection::open(found_.target_string, postgres::Side::target, {}, stop_);
    if (!target) return fail(target.error());
    target_.emplace(std::move(*target));
    const postgres::CancelOnStop cancel_on_stop(stop_, *target_);
    look_for_kinds();
    look_at_default_privileges();
    look_at_system_grants();
    look_at_contents();
    Status done = look_at_public();
    if (done) done = try_extensions();
    if (done) done = try_kind("EVENT TRIGGER", "event trigger", kTrialOfEventTriggers, "--no-event-triggers");
    if (done) done = try_kind("SUBSCRIPTION", "subscription", kTrialOfSubscriptions, "--no-subscriptions");
    return done ? look_at_privileged_objects() : done;
  }

  void refuse(std::string code, const Names& objects, std::string message, std::string hint) {
    if (options_.skip_failing && skip(objects, reason_of(code, message))) return;
    obstacles_.findings.push_back({plan::Finding::Severity::refusal, std::move(code), objects.front(),
                                   std::move(message), std::move(hint)});
  }

  /// Leaves the objects out, if each of them has entries of its own.
  bool skip(const Names& objects, const std::string& reason) {
    for (const std::string& object : objects) {
      if (!entries_.contains(object)) return false;
    }
    for (const std::string& object : objects) {
      for (const int entry : entries_.at(object)) obstacles_.failing[entry] = reason;
    }
    return true;
  }

  void skip_extensions_not_offered() {
    const catalog::Server& target = *found_.target;
    if (target.available_extensions.empty()) return;  // not known
    for (const schema::Entry& entry : found_.archive->entries()) {
      if (entry.kind != "EXTENSION" || plan::version_on(target, name_without_schema(entry)) != nullptr)
        continue;
      obstacles_.failing[entry.dump_id] = "the target's server does not offer it";
    }
  }

  void refuse_superusers(const Names& objects, const std::string& way_on) {
    if (objects.empty()) return;
    refuse("superuser_only", objects,
           fmt::format("only a superuser could make on the target, which role {} is not: {}", role_,
                       list_of(objects)),
           fmt::format("{}, or copy as a superuser of the target", way_on));
  }

  Names entries_of(std::string_view kind, const std::string& name) {
    Names names;
    for (const schema::Entry& entry : found_.archive->entries()) {
      if (entry.kind != kind) continue;
      names.push_back(name_of(entry, name));
      entries_[names.back()].push_back(entry.dump_id);
    }
    return names;
  }

  void look_for_kinds() {
    for (const Kind& kind : kSuperusersKinds)
      refuse_superusers(entries_of(kind.entry, kind.name), kind.way_on);
  }

  /// Finds what would have to be changed of schema public, where it belongs to another role.
  Status look_at_public() {
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

  void look_at_default_privileges() {
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

  void look_at_system_grants() {
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

  /// Tries a statement; whether the role lacks the right to it.
  Result<bool> is_denied(const std::string& statements) {
    const postgres::Transaction rolled_back = postgres::Transaction::begin(*target_);
    const Status done = target_->execute(statements);
    if (!done && done.error().code != ErrorCode::server_error) return fail(done.error());
    return !done && done.error().sqlstate == kInsufficientPrivilege;
  }

  Status try_kind(std::string_view kind, const std::string& name, const char* trial, const char* option) {
    const Names objects = entries_of(kind, name);
    if (objects.empty()) return {};
    const Result<bool> denied = is_denied(trial);
    if (!denied) return denied.error().during("trying what the role may do on the target");
    if (*denied) refuse_superusers(objects, option);
    return {};
  }

  /// Tries those that aren't trusted: a provider may let some roles create them.
  Status try_extensions() {
    const catalog::Server& target = *found_.target;
    for (const schema::Entry& entry : found_.archive->entries()) {
      if (entry.kind != "EXTENSION") continue;
      const std::string name = name_without_schema(entry);
      const auto has_name = [&](const catalog::Extension& one) { return one.name == name; };
      if (std::ranges::any_of(target.extensions, has_name)) continue;
      const auto offered = std::ranges::find_if(target.available_extensions, has_name);
      if (offered == target.available_extensions.end() || offered->trusted) continue;
      const Result<bool> denied =
          is_denied("CREATE SCHEMA pghaul_trial; SET LOCAL search_path = pghaul_trial; CREATE EXTENSION " +
                    postgres::quote(name) + " CASCADE");
      if (!denied) return denied.error().during("trying what the role may do on the target");
      if (!*denied) continue;
      entries_[name].push_back(entry.dump_id);
      refuse(
          "untrusted_extension", {name},
          fmt::format("extension {} {} is not trusted on the target: role {}, which is no superuser, can't "
                      "create it",
                      word(name), offered->version, role_),
          fmt::format("have an administrator create it in the target database; or leave it out with "
                      "--exclude-extension {}, and with -T what needs it",
                      word(name)));
    }
    return {};
  }

  /// Reads what no entry shows; an archive's catalog doesn't, either.
  Status read_privileged_objects() {
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
  void note_entries(PrivilegedObject& one) {
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

  Names all(PrivilegedObject::Kind kind) const {
    Names names;
    for (const PrivilegedObject& one : objects_) {
      if (one.kind == kind && (names.empty() || names.back() != one.object)) names.push_back(one.object);
    }
    return names;
  }

  /// Finds extensions that the target lacks and the copy does not bring.
  void look_for_extensions() {
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

  Status look_at_inherited_columns() {
    if (!found_.source_hold) return {};
    const Result<std::vector<catalog::NullableChild>> columns =
        catalog::read_nullable_children(found_.source_hold->connection(), chosen_of(found_, options_));
    if (!columns) return fail(columns.error());
    for (const catalog::NullableChild& one : *columns) {
      const std::string table = shown(one.table);
      const std::string column = word(one.column);
      refuse(
          "nullable_below_not_null", {table},
          fmt::format("column {} of {} may hold NULLs, and is NOT NULL in its parent {}: the target's would "
                      "inherit that",
                      column, table, shown(one.parent)),
          fmt::format("on the source: ALTER TABLE {} ALTER {} SET NOT NULL, once no row has a NULL there; or "
                      "ALTER TABLE ONLY {} ALTER {} DROP NOT NULL",
                      table, column, shown(one.parent), column));
    }
    return {};
  }

  /// Finds what a confirmed copy could not remove.
  void look_at_contents() {
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

  Status look_at_privileged_objects() {
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

  void look_at_settings() {
    for (const PrivilegedObject& one : objects_) {
      if (one.kind != PrivilegedObject::Kind::setting_of_function) continue;
      if (!found_.target->closed_settings.contains(one.detail)) continue;
      refuse(
          "closed_setting", {one.object},
          fmt::format("{} sets {}, which role {} of the target may not set", one.object, one.detail, role_),
          fmt::format("as a superuser on the target, from PostgreSQL 15 on: GRANT SET ON PARAMETER {} TO "
                      "{}; or leave its schema out with -N",
                      one.detail, role_));
    }
  }

  void look_at_grants() {
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
  void look_at_owners() {
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
    refuse(
        "owner_without_right", names,
        fmt::format(
            "role {} of the target, which is no superuser, can't give objects to {}, who may not create in "
            "their schemas: {}",
            role_, fmt::join(owners, ", "), list_of(names)),
        options_.filters.with_acl ? "--no-owner, or GRANT CREATE ON these schemas to the owners on the source"
                                  : "--no-owner as well, or the grants too");
  }

  Status look_at_servers() {
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

  Discovery& found_;
  const Options& options_;
  const std::stop_token& stop_;
  std::optional<postgres::Connection> target_;  // for a role that is no superuser
  std::string role_;
  std::vector<PrivilegedObject> objects_;
  std::map<std::string, std::vector<int>> entries_;  // dump ids of what can be left out, by its name
  Obstacles obstacles_;
};

}  // namespace

Result<Obstacles> find_obstacles(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (!found.target) return Obstacles{};
  return Search(found, options, stop).find();
}

}  // namespace pghaul::discovery

#include "plan/not_carried.h"

#include <fmt/format.h>

#include <algorithm>

namespace pghaul::plan {
namespace {

constexpr std::size_t kObjectsShown = 20;  // limit for large objects, by their numbers

using All = std::vector<NotCarried>;

std::string word(const std::string& name) {
  return shown(catalog::Name{{}, name});
}

/// Suggests a grant only where nothing but a grant is missing.
std::string hint_for(const catalog::Relation& relation, const std::string& role) {
  if (relation.unreadable_reason.find("standby") != std::string::npos) return "copy from the primary";
  if (relation.unreadable_reason.find("row security") != std::string::npos)
    return fmt::format("ALTER ROLE {} BYPASSRLS, or connect as a superuser", role);
  if (relation.unreadable_reason.find("USAGE") != std::string::npos)
    return fmt::format("GRANT USAGE ON SCHEMA {} TO {}, or connect as its owner", word(relation.name.schema),
                       role);
  return fmt::format("GRANT SELECT ON {} TO {}, or connect as its owner", shown(relation.name), role);
}

void add_relations(const catalog::Catalog& source, All& all) {
  for (const catalog::Relation& relation : source.relations) {
    if (!relation.with_rows) continue;
    const std::string name = shown(relation.name);
    if (relation.kind == 'f') {
      all.push_back({"foreign_table", "foreign table " + name,
                     "its rows are on another server; only its definition is copied",
                     "leave it out with -T"});
    } else if (!relation.readable && relation.kind != 'm') {  // a materialized view is refreshed, not read
      all.push_back({"unreadable_table", "table " + name, relation.unreadable_reason,
                     hint_for(relation, word(source.server.role)), true});
    }
  }
}

void add_sequences(const catalog::Catalog& source, All& all) {
  for (const catalog::Sequence& sequence : source.sequences) {
    if (sequence.unreadable_reason.empty()) continue;
    const std::string name = shown(sequence.name);
    all.push_back({"unreadable_sequence", "value of sequence " + name, sequence.unreadable_reason,
                   fmt::format("GRANT SELECT ON SEQUENCE {} TO {}", name, word(source.server.role))});
  }
}

void add_large_objects(const catalog::Catalog& source, All& all) {
  const std::vector<catalog::Oid>& unreadable = source.large_objects.unreadable;
  if (unreadable.empty()) return;
  const auto shown_end =
      unreadable.begin() + static_cast<std::ptrdiff_t>(std::min(unreadable.size(), kObjectsShown));
  all.push_back({"unreadable_large_objects",
                 fmt::format("{} of {} large objects", unreadable.size(), source.large_objects.count),
                 fmt::format("role {} may not read them: {}{}", word(source.server.role),
                             fmt::join(unreadable.begin(), shown_end, ", "),
                             shown_end == unreadable.end() ? "" : ", …"),
                 "connect as a superuser, or GRANT SELECT ON LARGE OBJECT for each"});
}

void add_connections_elsewhere(const catalog::Catalog& source, All& all) {
  for (const std::string& name : source.subscriptions) {
    if (source.server.superuser) {
      all.push_back({"subscription_state", "state of subscription " + word(name),
                     "its progress belongs to the source; its definition is copied, disabled",
                     "after the switch to the target, enable it there and drop it on the source"});
    } else {
      all.push_back({"subscription_state", "subscription " + word(name), "only a superuser can read it",
                     "connect to the source as a superuser, or leave subscriptions out with "
                     "--no-subscriptions"});
    }
  }
  for (const catalog::UserMapping& mapping : source.hidden_mappings) {
    all.push_back(
        {"hidden_options",
         fmt::format("options of the user mapping for {} on {}",
                     mapping.user == "public" ? "PUBLIC" : word(mapping.user), word(mapping.server)),
         "the role may not see them, passwords included", "connect to the source as a superuser"});
  }
}

/// Explains which role is missing on the target; empty: none is.
std::string lacks_role(const catalog::Server& target, const std::string& role) {
  if (role.empty() || std::ranges::find(target.roles, role) != target.roles.end()) return {};
  return fmt::format("the target has no role {}", word(role));
}

std::string not_the_owner(const catalog::Server& target) {
  if (target.superuser || target.owns_database) return {};
  return fmt::format("role {} does not own the target database", word(target.role));
}

/// What a copy leaves out is settled by its first run.
constexpr const char* kResumes = "; then resume it: a copy that has begun can't leave it out any more";

const char* instead(const NotCarried& one) {
  return one.is_table ? ", or leave it out with -T; --skip-unreadable copies everything else"
                      : "; --skip-unreadable copies everything else";
}

}  // namespace

std::string why_out_of_reach(const catalog::DatabaseSetting& setting, const catalog::Server& target) {
  if (std::string lacking = lacks_role(target, setting.role); !lacking.empty()) return lacking;
  if (target.closed_settings.contains(setting.name)) {
    return fmt::format("role {} of the target may not set {}", word(target.role), setting.name);
  }
  if (setting.role.empty()) return not_the_owner(target);
  if (target.superuser || target.may_alter_roles || setting.role == target.role) return {};
  return fmt::format("role {} of the target may not alter role {}", word(target.role), word(setting.role));
}

std::string why_out_of_reach(const catalog::DatabaseProperty& property, const catalog::Server& target) {
  if (std::string lacking = lacks_role(target, property.role); !lacking.empty()) return lacking;
  if (property.name == "connection limit" && !target.superuser) {
    return "it would also limit the connections of this copy; set it after the copy";
  }
  if (property.kind != 'o') return not_the_owner(target);
  if (target.superuser || target.database_owner == property.role) return {};
  return "only a superuser may change the owner of the target database";
}

std::string why_out_of_reach(const catalog::ConstraintTrigger&, const catalog::Server& target) {
  if (target.superuser) return {};
  return "only a superuser can disable the triggers of a constraint";
}

std::vector<NotCarried> not_carried(const catalog::Catalog& source, bool with_large_objects) {
  All all;
  add_relations(source, all);
  add_sequences(source, all);
  if (with_large_objects) add_large_objects(source, all);
  add_connections_elsewhere(source, all);
  return all;
}

Finding refusal_of(const NotCarried& one, bool resumes) {
  return {.severity = Finding::Severity::refusal,
          .code = one.code,
          .object = one.object,
          .message = fmt::format("{} can't be copied: {}", one.object, one.reason),
          .hint = one.hint + (resumes && one.code.starts_with("unreadable_") ? kResumes : instead(one))};
}

bool is_unreadable(const Finding& finding) {
  return finding.code.starts_with("unreadable_");
}

}  // namespace pghaul::plan

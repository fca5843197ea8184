#include "schema/role_statements.h"

#include <fmt/format.h>

#include <utility>

#include "postgres/quote.h"
#include "schema/statements.h"

namespace pghaul::schema {
namespace {

using catalog::Role;
using postgres::quote;
using postgres::quote_literal;

std::string shown_role(const Role& role) {
  return "role " + shown(catalog::Name{{}, role.name});
}

std::string create(const Role& role, bool superuser, LeftOuts& left_out) {
  std::string sql = "CREATE ROLE " + quote(role.name);
  const auto add = [&](bool has, const char* attribute, bool can_be_given) {
    if (has && can_be_given) sql += std::string(" ") + attribute;
    if (!has || can_be_given) return;
    left_out.push_back(
        {std::string(attribute) + " of " + shown_role(role), "only a superuser of the target can give it"});
  };
  add(role.superuser, "SUPERUSER", superuser);
  add(!role.inherits, "NOINHERIT", true);
  add(role.may_create_roles, "CREATEROLE", true);
  add(role.may_create_databases, "CREATEDB", true);
  add(role.may_log_in, "LOGIN", true);
  add(role.may_replicate, "REPLICATION", superuser);
  add(role.bypasses_row_security, "BYPASSRLS", superuser);
  if (role.connection_limit >= 0) sql += fmt::format(" CONNECTION LIMIT {}", role.connection_limit);
  if (!role.valid_until.empty()) sql += " VALID UNTIL " + quote_literal(role.valid_until);
  if (!role.password.empty()) sql += " PASSWORD " + quote_literal(role.password);
  if (role.hides_password) {
    left_out.push_back({"password of " + shown_role(role), "the source's role may not read it"});
  }
  return sql;
}

}  // namespace

RoleStatements role_statements(const std::vector<Role>& roles, const std::set<std::string>& present,
                               bool superuser) {
  RoleStatements made;
  std::set<std::string> known = present;
  for (const Role& role : roles) known.insert(role.name);
  for (const Role& role : roles) {
    const std::string name = shown_role(role);
    const auto join_groups = [&](const auto& joins) {
      for (const auto& [group, with_admin_option] : role.groups) {
        if (!joins(group)) continue;
        made.properties.emplace_back("membership of " + name + " in " + shown(catalog::Name{{}, group}),
                                     fmt::format("GRANT {} TO {}{}", quote(group), quote(role.name),
                                                 with_admin_option ? " WITH ADMIN OPTION" : ""));
      }
    };
    if (present.contains(role.name)) {
      join_groups(
          [&](const std::string& group) { return known.contains(group) && !present.contains(group); });
      continue;
    }
    const std::string as_member = superuser ? "" : "; GRANT " + quote(role.name) + " TO CURRENT_USER";
    made.roles.emplace_back(name, create(role, superuser, made.left_out) + as_member);
    if (!role.comment.empty()) {
      made.properties.emplace_back(
          "comment on " + name, "COMMENT ON ROLE " + quote(role.name) + " IS " + quote_literal(role.comment));
    }
    for (const auto& [setting, value] : role.settings) {
      made.properties.emplace_back("setting " + setting + " of " + name,
                                   set_for_role(role.name, setting, value));
    }
    join_groups([&](const std::string& group) { return known.contains(group); });
  }
  return made;
}

}  // namespace pghaul::schema

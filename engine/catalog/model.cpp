#include "catalog/model.h"

#include <algorithm>
#include <iterator>

#include "postgres/shown_name.h"

namespace pghaul::catalog {

std::vector<Column> computed_columns(const Relation& relation) {
  if (relation.kind == 'm') return relation.populated ? relation.columns : std::vector<Column>{};
  const auto any = [&](auto which) { return std::ranges::any_of(relation.columns, which); };
  if (!carries_rows(relation) || !any(&Column::generated)) return {};
  const bool has_key = any(&Column::in_key);
  std::vector<Column> columns;
  std::ranges::copy_if(relation.columns, std::back_inserter(columns),
                       [&](const Column& column) { return column.generated || column.in_key || !has_key; });
  return columns;
}

bool carries_rows(const Relation& relation) {
  return relation.kind == 'r' && relation.readable && relation.with_rows;
}

std::string shown(const Name& name) {
  return postgres::shown_name(name.schema, name.name);
}

std::string label(const DatabaseSetting& setting) {
  const std::string of_role = setting.role.empty() ? "" : " of role " + shown(Name{{}, setting.role});
  return "setting of the database: " + setting.name + of_role;
}

std::string label(const DatabaseProperty& property) {
  return "property of the database: " + property.name;
}

std::string label(const ConstraintTrigger& trigger) {
  return "internal trigger " + trigger.function + " on " + shown(trigger.relation) + " for constraint " +
         shown(Name{{}, trigger.constraint}) + " of " + shown(trigger.constrained);
}

}  // namespace pghaul::catalog

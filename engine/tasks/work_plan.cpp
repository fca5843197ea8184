#include "tasks/work_plan.h"

namespace pghaul::tasks {

WorkPlan::WorkPlan(const catalog::Catalog& source, const plan::Plan& plan, verify::Mode verify,
                   std::size_t other_objects)
    : source_(&source),
      plan_(&plan),
      verify_(verify),
      names_(source, other_objects),
      tables_(source.relations.size(), nullptr),
      computed_(source.relations.size(), nullptr),
      divided_tables_(std::make_unique<rows::DividedTables>()) {
  for (const plan::TablePlan& table : plan.tables) tables_[table.relation] = &table;
  for (const plan::TablePlan& table : plan.computed) computed_[table.relation] = &table;
}

verify::Mode WorkPlan::mode(const plan::TablePlan& table) const {
  const bool only_counted = table.format.only_counted && verify_ == verify::Mode::checksums;
  return only_counted ? verify::Mode::counts : verify_;
}

}  // namespace pghaul::tasks

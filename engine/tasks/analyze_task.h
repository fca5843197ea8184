#pragma once

#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::crew {
class Worker;
}
namespace pghaul::postgres {
class Connection;
}

namespace pghaul::tasks {

class Omissions;
class TargetTaskLog;
class WorkPlan;

/// Runs ANALYZE. Statistics that can't be gathered spoil no copy, but are named: those of a table with
/// foreign children, for example, whose server the target can't reach.
[[nodiscard]] Status analyze(crew::Worker& worker, const WorkPlan& work, TargetTaskLog& log,
                             Omissions& omissions, const plan::Task& task);
[[nodiscard]] Status analyze_relations(postgres::Connection& target, const catalog::Catalog& source,
                                       const std::vector<catalog::Place>& relations, Omissions& omissions);

}  // namespace pghaul::tasks

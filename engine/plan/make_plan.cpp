#include "plan/make_plan.h"

#include <algorithm>
#include <utility>

#include "plan/computed_tasks.h"
#include "plan/database_tasks.h"
#include "plan/forecast.h"
#include "plan/foreign_key_tasks.h"
#include "plan/graph_builder.h"
#include "plan/jobs.h"
#include "plan/moved_rows.h"
#include "plan/opening.h"
#include "plan/partition_tasks.h"
#include "plan/relation_groups.h"
#include "plan/relatives.h"
#include "plan/split.h"
#include "plan/statistics_tasks.h"
#include "plan/table_tasks.h"

namespace pghaul::plan {

using catalog::Catalog;
using catalog::Server;

namespace {

/// Fraction of the time without splitting below which it is worth it. A forecast is no better than that; and
/// whole tables are frozen, which spares the new server's first readers and its first vacuum work.
constexpr double kWorthIt = 0.9;

/// Fraction of the time with as many workers as cores below which more are worth connections and memory.
constexpr double kWorthMoreWorkers = 0.95;

std::vector<TablePlan> plan_tables(const Catalog& source, FormatChooser& formats, const MovedRows& moved,
                                   const PlanOptions& options) {
  std::vector<TablePlan> tables;
  for (catalog::Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& relation = source.relations[place];
    if (!carries_rows(relation)) continue;
    TablePlan table;
    table.relation = place;
    table.format = options.stored.empty() ? formats.choose(relation)
                                          : formats.stored(relation, options.stored[place].format);
    table.seconds = copy_seconds(volume_of(relation), table.format.binary, options.rates) *
                    Factors::of(options.factors.copy, place);
    table.into_existing = options.into_existing;
    table.tree = moved.trees[place];
    if (table.tree != catalog::kNone) table.tree_reason = moved.reasons[table.tree];
    tables.push_back(std::move(table));
  }
  return tables;
}

/// Tells whether a function in an index may read what is made after the rows.
bool needs_more_than_rows(const GraphBuilder& builder) {
  return builder.options.after_data_changes_queries ||
         std::ranges::any_of(builder.source.relations, [](const catalog::Relation& relation) {
           return relation.kind == 'm' && relation.populated;
         });
}

GraphBuilder::Tasks copies(const GraphBuilder& builder) {
  GraphBuilder::Tasks all;
  for (const GraphBuilder::MilestonesOfGroup& reached : builder.milestones_of_group) {
    all.insert(all.end(), reached.copied.begin(), reached.copied.end());
  }
  return all;
}

void add_late_tasks(GraphBuilder& builder, const std::vector<RelationGroup>& groups,
                    const GraphBuilder::Tasks& after) {
  for (const RelationGroup& group : groups) add_late_table_tasks(builder, group, after);
  add_partition_tasks(builder, true);
}

/// Returns the end of the groups of a tree whose rows are copied by way of its parent, which are done
/// together; others are alone.
std::vector<RelationGroup>::const_iterator end_of_tree(std::vector<RelationGroup>::const_iterator first,
                                                       std::vector<RelationGroup>::const_iterator end) {
  if (first->tree == catalog::kNone) return first + 1;
  return std::find_if(first, end, [&](const RelationGroup& group) { return group.tree != first->tree; });
}

TaskGraph build_graph(GraphBuilder builder, const std::vector<RelationGroup>& groups) {
  add_reading_of_statistics(builder);
  for (auto first = groups.begin(); first != groups.end();) {
    const auto end = end_of_tree(first, groups.end());
    add_table_tasks(builder, {first, end});
    first = end;
  }
  add_partition_tasks(builder, false);
  add_foreign_key_tasks(builder);
  const bool at_the_end = needs_more_than_rows(builder);
  if (!at_the_end) add_late_tasks(builder, groups, copies(builder));
  const GraphBuilder::Tasks ready = add_database_tasks(builder);
  if (at_the_end) add_late_tasks(builder, groups, ready);
  return std::move(builder.graph);
}

/// Sets in how many parts each table is read back, and copied if it is split; returns whether any has
/// several. An archive can be split by its files only: all of them, or none.
bool divide_tables(const TaskGraph& whole, const Catalog& source, int jobs,
                   const std::vector<StoredRows>& stored, std::vector<TablePlan>& tables) {
  const Split split(whole, source, jobs);
  bool any = false;
  for (TaskId id = 0; id < whole.tasks.size(); ++id) {
    if (whole.tasks[id].kind != TaskKind::copy) continue;
    std::uint32_t parts = split.parts(id);
    if (parts > 1 && !stored.empty()) {
      parts = static_cast<std::uint32_t>(stored[whole.tasks[id].objects[0]].files.size());
    }
    if (parts == 1) continue;
    const auto table = std::ranges::lower_bound(tables, whole.tasks[id].objects[0], {}, &TablePlan::relation);
    table->read_parts = parts;
    any = true;
  }
  return any;
}

/// Makes a plan in which the application waits for everything.
Plan plan_to_the_end(const Catalog& source, const Server* target, const PlanOptions& options) {
  Plan plan;
  plan.jobs =
      options.decided_jobs > 0
          ? options.decided_jobs
          : std::max(1, std::min(wanted_jobs(options.jobs, options.local_cores, options.lines.round_trip()),
                                 possible_jobs(source.server, target)));
  FormatChooser formats(source, target);
  const Relatives links(source);
  const MovedRows moved(source, target, links);
  plan.tables = plan_tables(source, formats, moved, options);
  plan.computed = plan_computed(source, formats, moved, options);
  const std::vector<RelationGroup> groups = group_relations(source, links, plan.jobs, moved.trees);
  const auto build = [&] {
    return build_graph({source, target, options, plan.jobs, links, moved, plan.tables, plan.computed},
                       groups);
  };
  plan.graph = build();
  // The whole graph shows what would finish last; so where a table is divided, it is built anew.
  if (!divide_tables(plan.graph, source, plan.jobs, options.stored, plan.tables)) return plan;
  plan.graph = build();
  if (options.decided_split && !*options.decided_split) return plan;

  Plan split = plan;
  split.split = true;
  for (TablePlan& table : split.tables) table.chunks = table.read_parts;
  split.graph =
      build_graph({source, target, options, plan.jobs, links, moved, split.tables, split.computed}, groups);
  const auto seconds = [&](const Plan& one) {
    return forecast(one.graph, one.jobs, options.machines).seconds;
  };
  const bool pays =
      options.decided_split || !options.stored.empty() || seconds(split) < kWorthIt * seconds(plan);
  return pays ? split : plan;
}

/// Tries more workers: tasks that mostly wait, as for the disk when many tiny indexes are built, leave cores
/// idle.
Plan plan_with_more_workers(Plan plan, const Catalog& source, const Server* target,
                            const PlanOptions& options) {
  PlanOptions more = options;
  more.jobs = std::min({2 * plan.jobs, kMostUnasked, possible_jobs(source.server, target)});
  if (more.jobs <= plan.jobs) return plan;
  const auto seconds = [&](const Plan& one, int jobs) {
    return forecast(one.graph, jobs, options.machines).seconds;
  };
  const double worth_it = kWorthMoreWorkers * seconds(plan, plan.jobs);
  if (seconds(plan, more.jobs) > worth_it) return plan;  // planning a large database again takes long
  Plan larger = plan_to_the_end(source, target, more);
  return seconds(larger, larger.jobs) < worth_it ? larger : plan;
}

}  // namespace

Plan make_plan(const Catalog& source, const Server* target, const PlanOptions& options) {
  Plan plan = plan_to_the_end(source, target, options);
  if (options.jobs == 0 && options.decided_jobs == 0) {
    plan = plan_with_more_workers(std::move(plan), source, target, options);
  }
  if (options.open_after != Milestone::verified) plan.graph = opened(plan.graph, source, options);
  return plan;
}

}  // namespace pghaul::plan

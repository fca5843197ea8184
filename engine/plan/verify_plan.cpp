#include "plan/verify_plan.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "plan/computed_tasks.h"
#include "plan/cost.h"
#include "plan/format.h"
#include "plan/jobs.h"
#include "plan/moved_rows.h"
#include "plan/page_range.h"

namespace pghaul::plan {
namespace {

constexpr std::int64_t kPieceBytes = std::int64_t{256} << 20;

void add_reads(TaskGraph& graph, TaskKind kind, const TablePlan& table, const LineTime& rows,
               const Rates& rates) {
  for (std::uint32_t part = 0; part < table.chunks; ++part) {
    Task task;
    task.kind = kind;
    task.milestone = milestone_of(kind);
    task.objects = {table.relation};
    task.part = part;
    task.parts = table.chunks;
    task.seconds = rates.transaction + table.seconds / table.chunks;
    cross(task, rows, 1.0 / table.chunks);
    graph.add(std::move(task));
  }
}

void add_both_reads(TaskGraph& graph, TaskKind of_source, TaskKind of_target, const TablePlan& table,
                    const catalog::Catalog& source, const PlanOptions& options) {
  const Volume rows = volume_of(source.relations[table.relation]);
  add_reads(graph, of_source, table,
            read_source_crossing(rows, table.relation, options.rates, options.factors), options.rates);
  add_reads(graph, of_target, table, read_back_crossing(rows, table.relation, options.rates, options.factors),
            options.rates);
}

TablePlan plan_reading(const catalog::Catalog& source, catalog::Place place, int jobs, FormatChooser& formats,
                       const PlanOptions& options) {
  const catalog::Relation& relation = source.relations[place];
  TablePlan table;
  table.relation = place;
  table.format = options.stored.empty() ? formats.choose(relation)
                                        : formats.stored(relation, options.stored[place].format);
  table.seconds = read_back_seconds(volume_of(relation), table.format.binary, options.rates);
  const std::int64_t pieces = (relation.heap_bytes + relation.toast_bytes) / kPieceBytes + 1;
  if (source.server.version >= kFirstWithTidRangeScan) {
    table.chunks = static_cast<std::uint32_t>(std::min<std::int64_t>(pieces, 4L * jobs));
  }
  return table;
}

void add_large_objects(TaskGraph& graph, const catalog::LargeObjects& objects,
                       std::initializer_list<TaskKind> kinds) {
  for (catalog::Place range = 0; range < objects.range_starts.size(); ++range) {
    for (const TaskKind kind : kinds) {
      Task task;
      task.kind = kind;
      task.milestone = milestone_of(kind);
      task.objects = {range};
      graph.add(std::move(task));
    }
  }
}

int jobs_of(const catalog::Catalog& source, const catalog::Server* target, const PlanOptions& options) {
  return std::max(1, std::min(wanted_jobs(options.jobs, options.local_cores, options.lines.round_trip()),
                              possible_jobs(source.server, target)));
}

}  // namespace

Plan make_verify_plan(const catalog::Catalog& source, const catalog::Server& target,
                      const PlanOptions& options, const std::set<catalog::Place>& comparable) {
  Plan plan;
  plan.jobs = jobs_of(source, &target, options);
  FormatChooser formats(source, &target);
  const MovedRows moved(source, &target, Relatives(source));
  for (const catalog::Place place : comparable) {
    if (!carries_rows(source.relations[place])) continue;  // a materialized view
    TablePlan table = plan_reading(source, place, plan.jobs, formats, options);
    table.tree = moved.trees[place];
    if (table.tree != catalog::kNone) table.tree_reason = moved.reasons[table.tree];
    if (target.version < kFirstWithTidRangeScan) table.chunks = 1;
    add_both_reads(plan.graph, TaskKind::read_source, TaskKind::read_back, table, source, options);
    plan.tables.push_back(std::move(table));
  }
  for (TablePlan& computed : plan_computed(source, formats, moved, options)) {
    if (!comparable.contains(computed.relation)) continue;
    const auto table = std::ranges::find(plan.tables, computed.relation, &TablePlan::relation);
    if (table != plan.tables.end()) computed.chunks = table->chunks;
    computed.seconds = read_back_seconds(volume_of(source.relations[computed.relation]),
                                         computed.format.binary, options.rates);
    add_both_reads(plan.graph, TaskKind::read_source_computed, TaskKind::read_back_computed, computed, source,
                   options);
    plan.computed.push_back(std::move(computed));
  }
  add_large_objects(plan.graph, source.large_objects,
                    {TaskKind::large_objects_read_source, TaskKind::large_objects_read_back});
  return plan;
}

Plan make_read_plan(const catalog::Catalog& source, const PlanOptions& options) {
  Plan plan;
  plan.jobs = jobs_of(source, nullptr, options);
  FormatChooser formats(source, nullptr);
  for (catalog::Place place = 0; place < source.relations.size(); ++place) {
    if (source.relations[place].kind != 'r' || !source.relations[place].with_rows) continue;
    TablePlan table = plan_reading(source, place, plan.jobs, formats, options);
    add_reads(plan.graph, TaskKind::read_source, table,
              read_source_crossing(volume_of(source.relations[place]), place, options.rates, options.factors),
              options.rates);
    plan.tables.push_back(std::move(table));
  }
  if (options.with_large_objects) {
    add_large_objects(plan.graph, source.large_objects, {TaskKind::large_objects_read_source});
  }
  return plan;
}

}  // namespace pghaul::plan

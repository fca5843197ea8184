#include "plan/verify_plan.h"

#include <algorithm>
#include <utility>

#include "plan/cost.h"
#include "plan/format.h"
#include "plan/jobs.h"
#include "plan/page_range.h"

namespace pghaul::plan {
namespace {

constexpr std::int64_t kPieceBytes = std::int64_t{256} << 20;

void add_reads(TaskGraph& graph, TaskKind kind, const TablePlan& table, const Rates& rates) {
  for (std::uint32_t part = 0; part < table.chunks; ++part) {
    Task task;
    task.kind = kind;
    task.objects = {table.relation};
    task.part = part;
    task.parts = table.chunks;
    task.seconds = rates.transaction + table.seconds / table.chunks;
    graph.add(std::move(task));
  }
}

}  // namespace

Plan make_verify_plan(const catalog::Catalog& source, const catalog::Server& target,
                      const PlanOptions& options, const std::set<catalog::Place>& comparable) {
  Plan plan;
  plan.jobs = std::max(
      1, std::min(wanted_jobs(options.jobs, options.local_cores), possible_jobs(source.server, &target)));
  const bool can_split =
      source.server.version >= kFirstWithTidRangeScan && target.version >= kFirstWithTidRangeScan;
  FormatChooser formats(source, &target);
  for (const catalog::Place place : comparable) {
    const catalog::Relation& relation = source.relations[place];
    TablePlan table;
    table.relation = place;
    table.format = options.stored.empty() ? formats.choose(relation)
                                          : formats.stored(relation, options.stored[place].format);
    table.seconds = read_back_seconds(volume_of(relation), table.format.binary, options.rates);
    const std::int64_t pieces = (relation.heap_bytes + relation.toast_bytes) / kPieceBytes + 1;
    if (can_split) table.chunks = static_cast<std::uint32_t>(std::min<std::int64_t>(pieces, 4L * plan.jobs));
    add_reads(plan.graph, TaskKind::read_source, table, options.rates);
    add_reads(plan.graph, TaskKind::read_back, table, options.rates);
    plan.tables.push_back(std::move(table));
  }
  for (catalog::Place range = 0; range < source.large_objects.range_starts.size(); ++range) {
    for (const TaskKind kind : {TaskKind::large_objects_read_source, TaskKind::large_objects_read_back}) {
      Task task;
      task.kind = kind;
      task.objects = {range};
      plan.graph.add(std::move(task));
    }
  }
  return plan;
}

}  // namespace pghaul::plan

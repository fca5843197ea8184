#include "plan/computed_tasks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "plan/cost.h"
#include "plan/page_range.h"

namespace pghaul::plan {
namespace {

using catalog::Place;

std::uint32_t parts_of(const GraphBuilder& builder, Place relation, const catalog::Server* server) {
  const TablePlan* const table = builder.table_plan(relation);  // a view has none
  const bool can_split = server == nullptr || server->version >= kFirstWithTidRangeScan;
  return table != nullptr && can_split ? table->read_parts : 1;
}

void add_reads(GraphBuilder& builder, TaskKind kind, const GraphBuilder::Places& relations,
               const catalog::Server* server, const GraphBuilder::Tasks& after) {
  const std::uint32_t parts = parts_of(builder, relations.front(), server);
  const PlanOptions& options = builder.options;
  for (std::uint32_t part = 0; part < parts; ++part) {
    Task task = builder.new_task(kind, relations);
    task.part = part;
    task.parts = parts;
    if (kind == TaskKind::read_back_computed) {
      for (const Place relation : relations) task.locks.push_back({relation, LockMode::access_share});
    }
    LineTime crossing;
    for (const Place relation : relations) {
      const Volume rows = volume_of(builder.source.relations[relation]);
      task.seconds +=
          read_back_seconds(rows, builder.computed_plan(relation)->format.binary, options.rates) / parts;
      crossing += kind == TaskKind::read_source_computed
                      ? read_source_crossing(rows, relation, options.rates, options.factors)
                      : read_back_crossing(rows, relation, options.rates, options.factors);
    }
    cross(task, crossing, 1.0 / parts);
    wait_for(task, after);
    builder.add(std::move(task));
  }
}

}  // namespace

std::vector<TablePlan> plan_computed(const catalog::Catalog& source, FormatChooser& formats,
                                     const MovedRows& moved, const PlanOptions& options) {
  std::vector<TablePlan> all;
  if (!options.read_back || !options.read_computed) return all;
  for (Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& relation = source.relations[place];
    if (!relation.readable || moved.trees[place] != catalog::kNone) continue;
    if (!options.stored.empty() && !options.stored[place].computed) continue;
    const std::vector<catalog::Column> columns = computed_columns(relation);
    if (columns.empty()) continue;
    TablePlan computed;
    computed.relation = place;
    computed.format = options.stored.empty() ? formats.choose(columns) : *options.stored[place].computed;
    all.push_back(std::move(computed));
  }
  return all;
}

void add_reading_computed(GraphBuilder& builder, const GraphBuilder::Places& relations,
                          const GraphBuilder::Tasks& computed) {
  GraphBuilder::Places read;
  std::ranges::copy_if(relations, std::back_inserter(read),
                       [&](Place relation) { return builder.computed_plan(relation) != nullptr; });
  if (read.empty()) return;
  add_reads(builder, TaskKind::read_source_computed, read, &builder.source.server, {});
  add_reads(builder, TaskKind::read_back_computed, read, builder.target, computed);
}

}  // namespace pghaul::plan

#include "plan/computed_tasks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "plan/cost.h"
#include "plan/page_range.h"

namespace pghaul::plan {
namespace {

using catalog::Place;

std::uint32_t parts_of(const Draft& draft, Place relation, const catalog::Server* server) {
  const TablePlan* const table = draft.table_plan(relation);  // a view has none
  const bool can_split = server == nullptr || server->version >= kFirstWithTidRangeScan;
  return table != nullptr && can_split ? table->read_parts : 1;
}

void add_reads(Draft& draft, TaskKind kind, const Draft::Places& relations, const catalog::Server* server,
               const Draft::Tasks& after) {
  const std::uint32_t parts = parts_of(draft, relations.front(), server);
  const PlanOptions& options = draft.options;
  for (std::uint32_t part = 0; part < parts; ++part) {
    Task task = draft.new_task(kind, relations);
    task.part = part;
    task.parts = parts;
    if (kind == TaskKind::read_back_computed) {
      for (const Place relation : relations) task.locks.push_back({relation, LockMode::access_share});
    }
    Crossing crossing;
    for (const Place relation : relations) {
      const Volume rows = volume_of(draft.source.relations[relation]);
      task.seconds +=
          read_back_seconds(rows, draft.computed_plan(relation)->format.binary, options.rates) / parts;
      crossing += kind == TaskKind::read_source_computed
                      ? read_source_crossing(rows, relation, options.rates, options.factors)
                      : read_back_crossing(rows, relation, options.rates, options.factors);
    }
    cross(task, crossing, 1.0 / parts);
    wait_for(task, after);
    draft.add(std::move(task));
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

void add_reading_computed(Draft& draft, const Draft::Places& relations, const Draft::Tasks& computed) {
  Draft::Places read;
  std::ranges::copy_if(relations, std::back_inserter(read),
                       [&](Place relation) { return draft.computed_plan(relation) != nullptr; });
  if (read.empty()) return;
  add_reads(draft, TaskKind::read_source_computed, read, &draft.source.server, {});
  add_reads(draft, TaskKind::read_back_computed, read, draft.target, computed);
}

}  // namespace pghaul::plan

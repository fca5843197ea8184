#include "plan/database_tasks.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/units.h"
#include "plan/computed_tasks.h"
#include "plan/cost.h"
#include "plan/index_work.h"

namespace pghaul::plan {

using catalog::Place;

namespace {

void add_sequences(GraphBuilder& builder) {
  if (builder.source.sequences.empty()) return;
  Task task = builder.new_task(TaskKind::sequences, {});
  task.seconds += static_cast<double>(builder.source.sequences.size()) * builder.options.rates.sequence;
  builder.add(std::move(task));
}

void add_large_objects(GraphBuilder& builder) {
  if (!builder.options.with_large_objects) return;
  const catalog::LargeObjects& objects = builder.source.large_objects;
  const auto ranges = static_cast<Place>(objects.range_starts.size());
  const double gb = static_cast<double>(objects.bytes) / kGigabyte / ranges;
  const Rates& rates = builder.options.rates;
  for (Place range = 0; range < ranges; ++range) {
    Task task = builder.new_task(TaskKind::large_objects, {range});
    task.seconds += large_objects_seconds(objects, rates) / ranges;
    cross(task, {.from_source = gb * rates.copy_from_gb, .to_target = gb * rates.copy_to_gb});
    const TaskId written = builder.add(std::move(task));
    Task properties = builder.new_task(TaskKind::large_object_properties, {range});
    properties.after = {written};
    builder.add(std::move(properties));
    if (!builder.options.read_back) continue;
    Task read = builder.new_task(TaskKind::large_objects_read_back, {range});
    read.seconds += read_large_objects_seconds(objects, rates) / ranges;
    cross(read, {.from_target = gb * rates.read_target_gb});
    read.after = {written};
    builder.add(std::move(read));
  }
}

TaskId add_post_data(GraphBuilder& builder) {
  std::vector<bool> is_last(builder.graph.tasks.size(), true);
  for (const Task& task : builder.graph.tasks) {
    for (const TaskId before : task.after) is_last[before] = false;
  }
  Task post_data = builder.new_task(TaskKind::post_data, {});
  post_data.seconds += restore_seconds(builder.options.made_after_data, builder.options.rates);
  for (TaskId id = 0; id < is_last.size(); ++id) {
    if (is_last[id]) post_data.after.push_back(id);
  }
  return builder.add(std::move(post_data));
}

/// Adds what materialized views need, each after those that it reads.
class Views {
 public:
  Views(GraphBuilder& builder, TaskId post_data)
      : builder_(&builder), post_data_(post_data), state_(builder.source.relations.size()) {}

  void add(Place view) {
    if (state_[view].seen) return;
    state_[view].seen = true;
    const catalog::Relation& relation = builder_->source.relations[view];
    Task refresh = builder_->new_task(TaskKind::refresh, {view});
    refresh.after = {post_data_};
    bool populated = relation.populated;
    for (const catalog::Oid oid : relation.depends_on) {
      const Place other = builder_->links.relation_at(oid);
      if (other == catalog::kNone || other == view || builder_->source.relations[other].kind != 'm') continue;
      add(other);
      // It could not be read; pg_dump does not refresh such views either.
      populated = populated && state_[other].refreshed.has_value();
      if (populated) refresh.after.push_back(*state_[other].refreshed);
    }
    if (populated) {
      refresh.reads_others = true;
      refresh.locks = {{view, LockMode::access_exclusive}};
      refresh.seconds += refresh_seconds(volume_of(relation), builder_->options.rates);
      state_[view].refreshed = builder_->add(std::move(refresh));
      add_reading_computed(*builder_, {view}, {*state_[view].refreshed});
    }
    add_indexes(view);
  }

  [[nodiscard]] GraphBuilder::Tasks refreshes() const {
    GraphBuilder::Tasks all;
    for (const State& state : state_) {
      if (state.refreshed) all.push_back(*state.refreshed);
    }
    return all;
  }

 private:
  struct State {
    bool seen = false;
    std::optional<TaskId> refreshed;
  };

  void add_indexes(Place view) {
    const catalog::Relation& relation = builder_->source.relations[view];
    const Volume rows = volume_of(relation);
    std::vector<TaskId> before = {state_[view].refreshed.value_or(post_data_)};
    std::vector<TaskId> built = before;
    for (const Place index : builder_->links.indexes[view]) {
      Task task = builder_->new_task(TaskKind::index, {index});
      task.milestone = milestone_of(TaskKind::refresh);
      task.locks = {{view, LockMode::share}};
      task.reads_others = builder_->is_late_index(index);
      add_building(*builder_, index, task);
      task.after = before;
      built.push_back(builder_->add(std::move(task)));
    }
    if (!state_[view].refreshed) return;
    Task analyze = builder_->new_task(TaskKind::analyze, {view});
    analyze.milestone = milestone_of(TaskKind::refresh);
    analyze.locks = {{view, LockMode::share_update_exclusive}};
    analyze.seconds += analyze_seconds(rows, relation.columns.size(), builder_->options.rates);
    analyze.after = std::move(built);
    builder_->add(std::move(analyze));
  }

  GraphBuilder* builder_;
  TaskId post_data_;
  std::vector<State> state_;  // by the relation's place
};

}  // namespace

GraphBuilder::Tasks add_database_tasks(GraphBuilder& builder) {
  add_sequences(builder);
  add_large_objects(builder);
  const TaskId post_data = add_post_data(builder);
  Views views(builder, post_data);
  for (Place place = 0; place < builder.source.relations.size(); ++place) {
    if (builder.source.relations[place].kind == 'm') views.add(place);
  }
  GraphBuilder::Tasks ready = views.refreshes();
  ready.push_back(post_data);
  return ready;
}

}  // namespace pghaul::plan

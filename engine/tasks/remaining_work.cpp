#include "tasks/remaining_work.h"

#include <algorithm>

#include "postgres/quote.h"
#include "schema/statements.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

std::string statement_of(const WorkPlan& work, TaskKind kind, catalog::Place place) {
  const catalog::Catalog& source = work.source();
  const auto table = [&](const char* what) {
    const catalog::Name& name = work.relation(place).name;
    return what + postgres::quote(name.schema, name.name) + ";";
  };
  switch (kind) {
    case TaskKind::index: {
      const catalog::IndexInfo& index = source.indexes[place];
      const auto how = schema::create_index_concurrently(index, work.relation(index.relation));
      return how.create + ";\n" + how.marks;
    }
    case TaskKind::keys: {
      const catalog::Constraint& key = source.constraints[place];
      const auto index = std::ranges::find(source.indexes, key.index, &catalog::IndexInfo::oid);
      return schema::add_key(key, work.relation(key.relation), *index);
    }
    case TaskKind::foreign_key: {
      const catalog::Constraint& key = source.constraints[place];
      return schema::add_foreign_key(key, work.relation(key.relation), validated_later(key, source));
    }
    case TaskKind::validate: {
      const catalog::Constraint& key = source.constraints[place];
      return schema::validate_foreign_key(key, work.relation(key.relation));
    }
    case TaskKind::attach_indexes: {
      std::string all;
      for (const catalog::IndexInfo& child : source.indexes) {
        if (child.parent == source.indexes[place].oid)
          all += schema::attach_index(source.indexes[place], child);
      }
      return all;
    }
    case TaskKind::refresh:
      return table("REFRESH MATERIALIZED VIEW ");
    case TaskKind::statistics:
    case TaskKind::analyze:
      return table("ANALYZE ");
    default:
      return {};
  }
}

std::string what_is_missing(const WorkPlan& work, const plan::Task& task, catalog::Place place) {
  plan::Task alone = task;
  alone.objects = {place};
  const std::string verb = task.kind == TaskKind::read_back ||
                                   task.kind == TaskKind::large_objects_read_back ||
                                   task.kind == TaskKind::read_back_computed
                               ? "comparison of "
                               : std::string(plan::task_kind_name(task.kind)) + " ";
  return verb + work.describe(alone);
}

}  // namespace

std::vector<measure::Report::Missing> remaining_work(const WorkPlan& work, const std::vector<char>& done,
                                                     const std::vector<schema::Entry>& at_the_end) {
  std::vector<measure::Report::Missing> all;
  for (const plan::Task& task : work.tasks()) {
    if (!task.online || done[task.id] != 0) continue;
    for (const catalog::Place place : task.objects) {
      std::string statement = statement_of(work, task.kind, place);
      while (statement.ends_with('\n')) statement.pop_back();
      all.push_back({what_is_missing(work, task, place), std::move(statement)});
    }
  }
  for (const schema::Entry& entry : at_the_end) all.push_back({entry.kind + " " + entry.text, {}});
  return all;
}

}  // namespace pghaul::tasks

#include "tasks/unlogged.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "postgres/quote.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {
namespace {

using catalog::Place;
using plan::TaskKind;

/// Tells whether a task puts rows into the target, or compares those that are there.
bool is_of_rows(TaskKind kind) {
  return kind == TaskKind::copy || kind == TaskKind::read_back || kind == TaskKind::read_back_computed;
}

bool is_unlogged(const WorkPlan& work, Place relation) {
  return work.relation(relation).persistence == 'u';
}

/// Tells whether some of the rows that a task reads of it go into unlogged tables: by way of a parent, into
/// any below it.
bool goes_into_unlogged(const WorkPlan& work, Place relation) {
  if (is_unlogged(work, relation)) return true;
  const plan::TablePlan* const table = work.table(relation);
  if (table == nullptr || table->tree == catalog::kNone) return false;
  return std::ranges::any_of(work.plan().tables, [&](const plan::TablePlan& other) {
    return other.tree == table->tree && is_unlogged(work, other.relation);
  });
}

bool holds(const std::vector<Place>& places, Place one) {
  return std::ranges::find(places, one) != places.end();
}

/// Returns the tables, and what they are partitions of.
std::set<catalog::Oid> with_parents(const WorkPlan& work, const std::vector<Place>& tables) {
  std::set<catalog::Oid> all;
  for (const Place place : tables) {
    const catalog::Relation* relation = &work.relation(place);
    while (relation != nullptr && all.insert(relation->oid).second) {
      const auto parent =
          std::ranges::find(work.source().relations, relation->parent, &catalog::Relation::oid);
      relation = parent == work.source().relations.end() ? nullptr : &*parent;
    }
  }
  return all;
}

/// Tells whether what the task has made would be in the way of TRUNCATE and COPY of the tables.
bool stands_in_the_way(const WorkPlan& work, const plan::Task& done, const std::set<catalog::Oid>& tables) {
  if (done.kind == TaskKind::post_data) return true;  // triggers among it
  if (done.kind != TaskKind::foreign_key) return false;
  return std::ranges::any_of(done.objects, [&](Place place) {
    const catalog::Constraint& key = work.source().constraints[place];
    return tables.contains(work.relation(key.relation).oid) || tables.contains(key.references);
  });
}

}  // namespace

journal::Journal::Lasts lasts(const WorkPlan& work, const plan::Task& task) {
  const bool lost = is_of_rows(task.kind) && std::ranges::any_of(task.objects, [&](Place relation) {
                      return goes_into_unlogged(work, relation);
                    });
  return lost ? journal::Journal::Lasts::until_crash : journal::Journal::Lasts::for_good;
}

std::vector<Place> lost_for_good(const WorkPlan& work, const journal::Journal::Done& done,
                                 journal::Journal::Stage stage) {
  const std::vector<plan::Task>& tasks = work.tasks();
  const bool all_were_copied =
      stage == journal::Journal::Stage::opened || stage == journal::Journal::Stage::at_the_end;
  std::vector<Place> lost;
  for (const plan::Task& task : tasks) {
    if (task.kind != TaskKind::copy || lasts(work, task) == journal::Journal::Lasts::for_good) continue;
    if (done.contains(task.id)) continue;
    const std::set<catalog::Oid> tables = with_parents(work, task.objects);
    const bool hindered = all_were_copied || std::ranges::any_of(done, [&](const auto& entry) {
                            return stands_in_the_way(work, tasks[entry.first], tables);
                          });
    if (hindered) lost.insert(lost.end(), task.objects.begin(), task.objects.end());
  }
  return lost;
}

void count_as_done(const WorkPlan& work, const std::vector<Place>& lost, journal::Journal::Done& done) {
  for (const plan::Task& task : work.tasks()) {
    if (task.objects.empty() || !holds(lost, task.objects.front())) continue;
    if (is_of_rows(task.kind)) done.try_emplace(task.id);
  }
}

Status check_not_emptied(postgres::Connection& target, const WorkPlan& work, const verify::Ledger& ledger) {
  std::string tables;
  for (const plan::TablePlan& table : work.plan().tables) {
    if (!is_unlogged(work, table.relation) || ledger.tally(table.relation).sent.rows == 0) continue;
    if (table.tree != catalog::kNone) continue;  // its rows may lie elsewhere
    const catalog::Name& name = work.relation(table.relation).name;
    tables += (tables.empty() ? "" : ", ") + postgres::quote_literal(postgres::quote(name.schema, name.name));
  }
  if (tables.empty()) return {};
  const Result<postgres::Rows> emptied =
      target.query("SELECT name FROM pg_catalog.unnest(ARRAY[" + tables +
                   "]) AS name WHERE pg_catalog.pg_relation_size(name::pg_catalog.regclass) = 0");
  if (!emptied) return emptied.error().during("looking for rows of unlogged tables");
  if (emptied->size() == 0) return {};
  return fail(
      Error{ErrorCode::mismatch,
            fmt::format("{}: the target crashed at the end of the copy, which emptied this unlogged table",
                        emptied->text(0, 0)),
            {},
            "copy the database anew: pghaul copy --confirm",
            emptied->string(0, 0)});
}

}  // namespace pghaul::tasks

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/make_plan.h"
#include "postgres/copy_format.h"
#include "rows/divided_tables.h"
#include "tasks/task_names.h"
#include "verify/float_digits.h"
#include "verify/ledger.h"

namespace pghaul::tasks {

/// The work of a run: the source's catalog, the plan, and how rows are read and compared.
///
/// Ownership  none of catalog and plan, which outlive it.
/// Threads    any: it does not change while tasks are done.
class WorkPlan {
 public:
  /// `other_objects`: the number of those that the post-data task makes.
  WorkPlan(const catalog::Catalog& source, const plan::Plan& plan, verify::Mode verify,
           std::size_t other_objects = 0);

  [[nodiscard]] const catalog::Catalog& source() const noexcept { return *source_; }
  [[nodiscard]] const plan::Plan& plan() const noexcept { return *plan_; }
  [[nodiscard]] const std::vector<plan::Task>& tasks() const noexcept { return plan_->graph.tasks; }
  [[nodiscard]] verify::Mode verify() const noexcept { return verify_; }

  [[nodiscard]] const catalog::Relation& relation(catalog::Place place) const {
    return source_->relations[place];
  }
  /// Returns the plan for the relation's rows; nullptr: it has no rows to copy.
  [[nodiscard]] const plan::TablePlan* table(catalog::Place place) const { return tables_[place]; }
  /// Returns the plan for what the target computes anew of the relation; nullptr: that is not read.
  [[nodiscard]] const plan::TablePlan* computed(catalog::Place place) const { return computed_[place]; }
  /// Returns the tables whose rows are counted by bucket, too, as they are read for their digest: those that
  /// were added before the first task.
  [[nodiscard]] rows::DividedTables& divided_tables() const noexcept { return *divided_tables_; }
  /// Returns how the table's rows are compared.
  [[nodiscard]] verify::Mode mode(const plan::TablePlan& table) const;

  /// Returns the columns of a table with rows to copy of which not every byte counts.
  [[nodiscard]] const verify::FloatColumns& floats(catalog::Place place) const {
    return tables_[place]->format.floats;
  }
  [[nodiscard]] postgres::CopyFormat format(catalog::Place place) const {
    return copy_format(tables_[place]->format);
  }
  [[nodiscard]] static postgres::CopyFormat copy_format(const plan::Format& format) {
    return format.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  }

  [[nodiscard]] std::string describe(const plan::Task& task) const { return names_.describe(task); }
  [[nodiscard]] std::string object_of(const plan::Task& task) const { return names_.object_of(task); }

 private:
  const catalog::Catalog* source_;
  const plan::Plan* plan_;
  verify::Mode verify_;
  TaskNames names_;
  std::vector<const plan::TablePlan*> tables_;    // by the relation's place
  std::vector<const plan::TablePlan*> computed_;  // the same
  std::unique_ptr<rows::DividedTables> divided_tables_;  // workers count in them
};

}  // namespace pghaul::tasks

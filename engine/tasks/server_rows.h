#pragma once

#include <utility>

#include "measure/progress.h"
#include "postgres/snapshot.h"
#include "tasks/omissions.h"
#include "tasks/row_source.h"

namespace pghaul::tasks {

class WorkPlan;

/// Reads rows from a server, as of one snapshot.
///
/// Ownership  none of what it is made with, which outlives it.
class ServerRows final : public RowSource {
 public:
  /// `uncompared`: gets the materialized views that can't be read for their digest.
  ServerRows(const WorkPlan& work, postgres::Snapshot snapshot, Omissions& uncompared,
             measure::Progress& progress)
      : work_(&work), snapshot_(std::move(snapshot)), uncompared_(&uncompared), progress_(&progress) {}

  [[nodiscard]] Result<std::optional<postgres::Transaction>> begin_reading(
      crew::Worker& worker) const override;
  [[nodiscard]] Result<Rows> table(crew::Worker& worker, const plan::Task& task,
                                   catalog::Place place) const override;
  [[nodiscard]] Result<Rows> large_objects(crew::Worker& worker, const plan::Task& task) const override;
  [[nodiscard]] Result<Rows> large_object_properties(crew::Worker& worker, const plan::Task& task,
                                                     const ObjectProperties& wanted) const override;
  [[nodiscard]] Status check_rows(const plan::Task&, catalog::Place, const verify::Digest&) const override {
    return {};
  }
  [[nodiscard]] Status check_properties(const plan::Task&, const verify::Digest&) const override {
    return {};
  }
  /// Reads sequences, which are outside of transactions: their values are the snapshot's or later ones.
  [[nodiscard]] Result<std::vector<catalog::Sequence>> sequences(crew::Worker& worker) const override;
  [[nodiscard]] Result<journal::DoneEntries> digests(crew::Worker& worker,
                                                     const plan::Task& task) const override;

 private:
  [[nodiscard]] Result<journal::DoneEntries> relation_digests(crew::Worker& worker, const plan::Task& task,
                                                              postgres::Connection& source) const;

  const WorkPlan* work_;
  postgres::Snapshot snapshot_;
  Omissions* uncompared_;
  measure::Progress* progress_;
};

}  // namespace pghaul::tasks

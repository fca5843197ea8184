#pragma once

#include <vector>

#include "archive/manifest.h"
#include "tasks/row_source.h"

namespace pghaul::archive {
class Reader;
}

namespace pghaul::tasks {

class WorkPlan;

/// Reads rows from the files of an archive. Its manifest says what was read when it was written.
///
/// Ownership  none of what it is made with, which outlives it.
class ArchiveRows final : public RowSource {
 public:
  ArchiveRows(const WorkPlan& work, const archive::Reader& archive) : work_(&work), archive_(&archive) {}

  [[nodiscard]] Result<std::optional<postgres::Transaction>> begin_reading(crew::Worker&) const override {
    return std::nullopt;
  }
  [[nodiscard]] Result<Rows> table(crew::Worker& worker, const plan::Task& task,
                                   catalog::Place place) const override;
  [[nodiscard]] Result<Rows> large_objects(crew::Worker& worker, const plan::Task& task) const override;
  [[nodiscard]] Result<Rows> large_object_properties(crew::Worker& worker, const plan::Task& task,
                                                     const ObjectProperties& wanted) const override;
  [[nodiscard]] Status check_rows(const plan::Task& task, catalog::Place place,
                                  const verify::Digest& digest) const override;
  [[nodiscard]] Status check_properties(const plan::Task& task, const verify::Digest& digest) const override;
  [[nodiscard]] Result<std::vector<catalog::Sequence>> sequences(crew::Worker& worker) const override;
  [[nodiscard]] Result<journal::DoneEntries> digests(crew::Worker& worker,
                                                     const plan::Task& task) const override;

 private:
  using Files = std::vector<const archive::Manifest::Rows*>;
  [[nodiscard]] Files files_of(const plan::Task& task, catalog::Place place) const;
  [[nodiscard]] const archive::Manifest::Rows& properties_of(const plan::Task& task) const;
  [[nodiscard]] Rows read(crew::Worker& worker, Files files) const;
  [[nodiscard]] verify::Digest digest_of(const plan::Task& task, catalog::Place place) const;

  const WorkPlan* work_;
  const archive::Reader* archive_;
};

}  // namespace pghaul::tasks

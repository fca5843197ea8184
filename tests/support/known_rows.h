#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "support/memory_source.h"
#include "support/rows.h"
#include "tasks/row_source.h"

namespace pghaul::support {

/// A source of a run without any server: every table, and every range of large objects, has the same five
/// rows.
class KnownRows final : public tasks::RowSource {
 public:
  static constexpr std::size_t kCount = 5;

  Result<std::optional<postgres::Transaction>> begin_reading(crew::Worker&) const override {
    return std::nullopt;
  }
  Result<Rows> table(crew::Worker&, const plan::Task&, catalog::Place) const override {
    return std::make_unique<MemorySource>(rows);
  }
  Result<Rows> large_objects(crew::Worker&, const plan::Task&) const override {
    return std::make_unique<MemorySource>(rows);
  }
  Result<Rows> large_object_properties(crew::Worker&, const plan::Task&,
                                       const tasks::ObjectProperties&) const override {
    return std::make_unique<MemorySource>(rows);
  }
  Status check_rows(const plan::Task&, catalog::Place, const verify::Digest& digest) const override {
    if (digest.rows == kCount) return {};
    return fail(ErrorCode::mismatch, "rows are missing");
  }
  Status check_properties(const plan::Task&, const verify::Digest&) const override { return {}; }
  Result<std::vector<catalog::Sequence>> sequences(crew::Worker&) const override {
    return std::vector<catalog::Sequence>{{.name = {"public", "numbers"}}};
  }
  Result<journal::DoneEntries> digests(crew::Worker&, const plan::Task& task) const override {
    return journal::DoneEntries{{.object = task.objects.front(), .digest = {.rows = kCount}}};
  }

  RowSet rows = make_rows(kCount, 10, 20, 7);
};

}  // namespace pghaul::support

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "journal/done_entry.h"
#include "pipeline/source.h"
#include "plan/task_graph.h"
#include "postgres/transaction.h"

namespace pghaul::crew {
class Worker;
}

namespace pghaul::tasks {

/// A selection of large objects' properties.
struct ObjectProperties {
  bool with_owner = true;
  bool with_acl = true;
  bool with_comments = true;
  std::optional<std::string> role;  // makes the objects, and owns them anyway; absent: not known yet
};

/// The origin of a run's rows: the snapshot of a server (ServerRows), or an archive (ArchiveRows).
///
/// Threads    any, each with a worker of its own.
class RowSource {
 public:
  using Rows = std::unique_ptr<pipeline::Source>;

  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  /// Returns the snapshot's transaction, which has to live while rows are read; an archive has none.
  [[nodiscard]] virtual Result<std::optional<postgres::Transaction>> begin_reading(
      crew::Worker& worker) const = 0;
  /// Returns the task's rows of one table.
  [[nodiscard]] virtual Result<Rows> table(crew::Worker& worker, const plan::Task& task,
                                           catalog::Place place) const = 0;
  /// Returns pieces (oid, offset, bytes) of the task's large objects.
  [[nodiscard]] virtual Result<Rows> large_objects(crew::Worker& worker, const plan::Task& task) const = 0;
  /// Returns statements, one a row, that give the task's large objects their owners, grants and comments. An
  /// archive returns all that it has, whatever is wanted.
  [[nodiscard]] virtual Result<Rows> large_object_properties(crew::Worker& worker, const plan::Task& task,
                                                             const ObjectProperties& wanted) const = 0;
  /// Checks that all rows came that belong there: an archive knows how many, and their digest.
  [[nodiscard]] virtual Status check_rows(const plan::Task& task, catalog::Place place,
                                          const verify::Digest& digest) const = 0;
  /// Checks the same of large_object_properties().
  [[nodiscard]] virtual Status check_properties(const plan::Task& task,
                                                const verify::Digest& digest) const = 0;
  [[nodiscard]] virtual Result<std::vector<catalog::Sequence>> sequences(crew::Worker& worker) const = 0;
  /// Returns a line with the digest of each of the task's objects that can be read.
  [[nodiscard]] virtual Result<journal::DoneEntries> digests(crew::Worker& worker,
                                                             const plan::Task& task) const = 0;
};

}  // namespace pghaul::tasks

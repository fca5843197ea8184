#pragma once

#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"
#include "transport/compression.h"

namespace pghaul::archive {
class Writer;
}
namespace pghaul::crew {
class Worker;
}
namespace pghaul::measure {
class Progress;
}

/// Tasks whose target is an archive. Each file is recorded in its journal as it is written.
namespace pghaul::tasks {

class RowSource;
class TaskLog;

/// An archive that is being written, with the settings for that.
struct RowStore {
  archive::Writer& archive;
  const catalog::Catalog& source;
  transport::Compression compression;
  measure::Progress& progress;
};

[[nodiscard]] Status store_rows(crew::Worker& worker, const RowSource& source, const RowStore& store,
                                TaskLog& log, const plan::Task& task);
/// Stores large objects, and their owners, grants and comments.
[[nodiscard]] Status store_large_objects(crew::Worker& worker, const RowSource& source, const RowStore& store,
                                         TaskLog& log, const plan::Task& task);
[[nodiscard]] Status store_sequences(crew::Worker& worker, const RowSource& source,
                                     std::vector<catalog::Sequence>& stored, TaskLog& log,
                                     const plan::Task& task);
/// Reads back what store_rows() or store_large_objects() has written.
[[nodiscard]] Status read_back_stored(crew::Worker& worker, const RowStore& store, TaskLog& log,
                                      const plan::Task& task);

}  // namespace pghaul::tasks

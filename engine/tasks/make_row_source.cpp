#include "tasks/make_row_source.h"

#include "tasks/archive_rows.h"
#include "tasks/server_rows.h"

namespace pghaul::tasks {

std::unique_ptr<RowSource> make_row_source(const discovery::Discovery& found, const WorkPlan& work,
                                           Results& results, measure::Progress& progress) {
  if (found.stored) return std::make_unique<ArchiveRows>(work, *found.stored);
  return std::make_unique<ServerRows>(work, found.source_hold->snapshot(), results.uncompared, progress);
}

}  // namespace pghaul::tasks

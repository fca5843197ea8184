#include "tasks/pre_data.h"

#include "base/side_by_side.h"
#include "schema/parallel_restore.h"
#include "tasks/schema_restore.h"

namespace pghaul::tasks {
namespace {

Status restore_side_by_side(const SchemaRestore& restore,
                            const std::vector<std::vector<schema::Entry>>& shares) {
  return side_by_side("restoring the schema", shares.size(),
                      [&](std::size_t i) { return restore.restore(shares[i], false); });
}

}  // namespace

Status restore_pre_data(const SchemaRestore& restore, int workers, const std::vector<schema::Entry>& entries,
                        const std::function<Status()>& start_over) {
  const schema::ParallelRestore shares = schema::share_out(entries, static_cast<std::size_t>(workers));
  Status restored = restore.restore(shares.first, false);
  if (restored) restored = restore_side_by_side(restore, shares.side_by_side);
  if (restored) restored = restore.restore(shares.last, false);
  if (restored || shares.side_by_side.empty() || restored.error().code != ErrorCode::program_failed) {
    return restored;
  }
  if (const Status emptied = start_over(); !emptied) return emptied;
  return restore.restore(entries, false);
}

}  // namespace pghaul::tasks

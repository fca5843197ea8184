#include "plan/index_work.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/units.h"
#include "plan/cost.h"

namespace pghaul::plan {
namespace {

constexpr std::int64_t kFirstWorker = 8_MiB;  // min_parallel_table_scan_size; a further one at thrice as much
constexpr std::int64_t kMemoryEach = 32_MiB;

std::int64_t setting(const catalog::Server* server, const char* name, std::int64_t otherwise) {
  if (server == nullptr) return otherwise;
  const auto found = server->settings.find(name);
  return found == server->settings.end() ? otherwise : std::atoll(found->second.c_str());
}

/// Source  PostgreSQL's src/backend/access/nbtree/nbtsort.c, _bt_load(), which has called smgrimmedsync().
bool syncs_each_index(const GraphBuilder& builder) {
  return (builder.target != nullptr ? *builder.target : builder.source.server).version < 170000;
}

}  // namespace

int building_processes(const catalog::IndexInfo& index, const catalog::Relation& table,
                       const catalog::Server* target) {
  if (index.access_method != "btree" || index.partitioned) return 1;
  std::int64_t workers = 0;
  for (std::int64_t bytes = kFirstWorker; table.heap_bytes >= bytes; bytes *= 3) ++workers;
  const std::int64_t memory = setting(target, "maintenance_work_mem", 64 * 1024) * 1024;
  workers = std::min({workers, setting(target, "max_parallel_maintenance_workers", 2),
                      setting(target, "max_parallel_workers", 8), memory / kMemoryEach - 1});
  return 1 + static_cast<int>(std::max<std::int64_t>(0, workers));
}

void add_building(const GraphBuilder& builder, catalog::Place index, Task& task) {
  const Rates& rates = builder.options.rates;
  const catalog::IndexInfo& info = builder.source.indexes[index];
  const catalog::Relation& table = builder.source.relations[info.relation];
  const double alone =
      index_seconds(info, volume_of(table), rates) * Factors::of(builder.options.factors.index, index);
  const int processes = building_processes(info, table, builder.target);
  const double cores = std::clamp(builder.options.machines.cores_of(Party::target), 1.0, 1.0 * processes);
  if (processes > 1) {
    task.seconds += alone * rates.build_together / cores;
    task.load.target = std::max(task.load.target, cores);
    return;
  }
  const double waits = syncs_each_index(builder) ? std::min(alone, rates.sync_index) : 0;
  const double busy = task.load.target * task.seconds + alone - waits;
  task.seconds += alone;
  task.load.target = busy / task.seconds;
}

}  // namespace pghaul::plan

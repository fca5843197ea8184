#include "plan/index_work.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"
#include "support/graphs.h"

namespace pghaul::plan {
namespace {

catalog::Server server_with(const std::string& workers, const std::string& memory_kilobytes) {
  catalog::Server server;
  server.settings = {{"max_parallel_maintenance_workers", workers},
                     {"maintenance_work_mem", memory_kilobytes}};
  return server;
}

int processes(std::int64_t table_bytes, const catalog::Server* target, const std::string& method = "btree") {
  catalog::Relation table;
  table.heap_bytes = table_bytes;
  return building_processes({.access_method = method}, table, target);
}

TEST(IndexWork, IsDoneByMoreProcessesTheLargerTheTable) {
  const catalog::Server server = server_with("8", "1048576");
  EXPECT_EQ(processes(7_MiB, &server), 1);
  EXPECT_EQ(processes(8_MiB, &server), 2);
  EXPECT_EQ(processes(24_MiB, &server), 3);
  EXPECT_EQ(processes(72_MiB, &server), 4);
  EXPECT_EQ(processes(72_MiB, &server, "gin"), 1);
}

TEST(IndexWork, IsDoneByNoMoreProcessesThanTheSettingsAllow) {
  const catalog::Server few = server_with("1", "1048576");
  EXPECT_EQ(processes(1024_MiB, &few), 2);
  const catalog::Server small = server_with("8", "65536");
  EXPECT_EQ(processes(1024_MiB, &small), 2) << "32 MB for each";
  EXPECT_EQ(processes(1024_MiB, nullptr), 2) << "as PostgreSQL is set by itself";
}

TEST(IndexWork, OfSeveralProcessesTakesAsManyCores) {
  support::CatalogBuilder source;
  const catalog::Place index = source.index(source.table("t", 1024_MiB));
  const auto task = [&](Machines machines) {
    const Plan plan = make_plan(source.catalog, nullptr, {.jobs = 2, .machines = machines});
    return plan.graph.tasks[support::tasks_of(plan.graph, TaskKind::index)[0]];
  };
  static_cast<void>(index);
  EXPECT_DOUBLE_EQ(task(64).load.target, 2);
  EXPECT_DOUBLE_EQ(task(1).load.target, 1);
  EXPECT_LT(task(64).seconds, 0.6 * task(1).seconds);
}

TEST(IndexWork, OfATinyTableWaitsForTheDiskBeforePostgres17) {
  support::CatalogBuilder source;
  source.index(source.table("t"));
  const auto load = [&](int version) {
    catalog::Server target = support::empty_target();
    target.version = version;
    const Plan plan = make_plan(source.catalog, &target, {.jobs = 2});
    return plan.graph.tasks[support::tasks_of(plan.graph, TaskKind::index)[0]].load.target;
  };
  EXPECT_LT(load(160000), 1);
  EXPECT_DOUBLE_EQ(load(170000), 1);
}

}  // namespace
}  // namespace pghaul::plan

#include <gtest/gtest.h>

#include "crew/worker.h"
#include "support/catalog_builder.h"
#include "tasks/compare_executor.h"
#include "tasks/results.h"
#include "tasks/row_source.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

/// Rows whose digests are known without any server.
class KnownDigests final : public RowSource {
 public:
  Result<std::optional<postgres::Transaction>> begin_reading(crew::Worker&) const override {
    return std::nullopt;
  }
  Result<Rows> table(crew::Worker&, const plan::Task&, catalog::Place) const override { return nullptr; }
  Result<Rows> large_objects(crew::Worker&, const plan::Task&) const override { return nullptr; }
  Result<Rows> large_object_properties(crew::Worker&, const plan::Task&,
                                       const ObjectProperties&) const override {
    return nullptr;
  }
  Status check_rows(const plan::Task&, catalog::Place, const verify::Digest&) const override { return {}; }
  Status check_properties(const plan::Task&, const verify::Digest&) const override { return {}; }
  Result<std::vector<catalog::Sequence>> sequences(crew::Worker&) const override {
    return std::vector<catalog::Sequence>{};
  }
  Result<journal::DoneEntries> digests(crew::Worker&, const plan::Task& task) const override {
    return journal::DoneEntries{{.object = task.objects.front(), .digest = {.rows = 5}}};
  }
};

/// A comparison of one table.
class CompareExecutorTest : public testing::Test {
 protected:
  support::CatalogBuilder source;
  const catalog::Place table = source.table("orders");
  const plan::Plan plan{.tables = {{.relation = table}}};
  const WorkPlan work{source.catalog, plan, verify::Mode::checksums};
  Results results{work};
  measure::Progress progress;
  KnownDigests rows;
  LedgerOnly log{work, results, progress};
  CompareExecutor executor{work, rows, results.target, log};
  const crew::Worker::Endpoints ends{};
  crew::Worker worker{0, ends};
};

TEST_F(CompareExecutorTest, PostsWhatTheSourceSays) {
  const plan::Task task{.kind = TaskKind::read_source, .objects = {table}};
  ASSERT_TRUE(executor.execute(worker, task));
  EXPECT_EQ(results.ledger.tally(table).sent.rows, 5U);
}

TEST_F(CompareExecutorTest, HasNoTaskThatWrites) {
  for (const TaskKind kind : {TaskKind::copy, TaskKind::index, TaskKind::open, TaskKind::statistics}) {
    const Status done = executor.execute(worker, {.kind = kind, .objects = {table}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::internal);
  }
}

TEST_F(CompareExecutorTest, KeepsNothingThatALostAttemptCouldHaveCommitted) {
  const plan::Task task{.kind = TaskKind::read_source, .objects = {table}};
  EXPECT_FALSE(log.was_committed(worker, task).value());
  EXPECT_TRUE(log.still_holds(worker).value());
}

}  // namespace
}  // namespace pghaul::tasks

#include "tasks/archive_executor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "archive/writer.h"
#include "tasks/stored_file.h"
#include "unit/tasks/one_table.h"

namespace pghaul::tasks {
namespace {

namespace fs = std::filesystem;
using plan::TaskKind;

std::string new_folder() {
  std::string name = fs::temp_directory_path() / "pghaul-archive-XXXXXX";
  return mkdtemp(name.data());
}

/// A copy of one table into an archive.
class ArchiveExecutorTest : public OneTable {
 protected:
  ~ArchiveExecutorTest() override { fs::remove_all(folder); }

  [[nodiscard]] fs::path path_of(const plan::Task& task) const {
    return fs::path(folder) / "shop" / "data" / stored_file(source.catalog, task, table);
  }

  const std::string folder = new_folder();
  archive::Writer archive = *archive::Writer::create(folder + "/shop", {});
  ArchiveExecutor executor{rows, {archive, source.catalog, {}, progress}, log, results};
  const plan::Task copy{.kind = TaskKind::copy, .objects = {table}};
  const plan::Task read_back{.kind = TaskKind::read_back, .objects = {table}};
};

TEST_F(ArchiveExecutorTest, StoresATableInAFileThatItsJournalKnows) {
  ASSERT_TRUE(executor.execute(worker, copy));
  EXPECT_TRUE(fs::exists(path_of(copy)));
  EXPECT_EQ(archive.journal().done(stored_file(source.catalog, copy, table))->rows.rows_digest().rows,
            support::KnownRows::kCount);
  EXPECT_EQ(results.ledger.tally(table).sent.rows, support::KnownRows::kCount);
}

TEST_F(ArchiveExecutorTest, StoresAgainWhatAnEarlierRunHasLeftDamaged) {
  ASSERT_TRUE(executor.execute(worker, copy));
  std::ofstream(path_of(copy)) << "damaged";
  ASSERT_TRUE(executor.execute(worker, copy));
  EXPECT_TRUE(executor.execute(worker, read_back));
}

TEST_F(ArchiveExecutorTest, ReadsBackWhatItHasStored) {
  ASSERT_TRUE(executor.execute(worker, copy));
  ASSERT_TRUE(executor.execute(worker, read_back));
  EXPECT_EQ(results.ledger.tally(table).came_back, results.ledger.tally(table).sent);
}

TEST_F(ArchiveExecutorTest, NoticesThatAFileIsNotWhatWasWritten) {
  ASSERT_TRUE(executor.execute(worker, copy));
  std::ofstream(path_of(copy)) << "damaged";
  EXPECT_FALSE(executor.execute(worker, read_back));
}

TEST_F(ArchiveExecutorTest, KeepsTheSequencesForTheManifest) {
  ASSERT_TRUE(executor.execute(worker, {.kind = TaskKind::sequences}));
  ASSERT_EQ(results.sequences.size(), 1U);
  EXPECT_EQ(results.sequences.front().name.name, "numbers");
}

TEST_F(ArchiveExecutorTest, HasNoTaskOfWhatIsMadeOfSomethingElse) {
  for (const TaskKind kind : {TaskKind::index, TaskKind::keys, TaskKind::analyze, TaskKind::open}) {
    const Status done = executor.execute(worker, {.kind = kind, .objects = {table}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::internal);
  }
}

}  // namespace
}  // namespace pghaul::tasks

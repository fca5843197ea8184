#include "tasks/schema_restore.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "schema/programs.h"
#include "schema/schema_archive.h"
#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::tasks {
namespace {

using postgres::Connection;
using postgres::ConnectionString;
using postgres::Side;

Connection connect(const std::string& uri, Side side) {
  Result<Connection> connection = Connection::open(*ConnectionString::parse(uri), side);
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

/// The schema of a source with two tables, to be restored into an empty target.
class SchemaRestoreTest : public testing::Test {
 protected:
  SchemaRestoreTest() {
    source_.psql("CREATE TABLE orders (id int); CREATE TABLE items (id int)");
    const Result<std::vector<schema::Programs>> programs = schema::find_programs(150000, 150000);
    if (!programs) throw std::runtime_error(programs.error().message);
    Result<schema::SchemaArchive> dumped = schema::SchemaArchive::dump(
        *programs, connect(source_.uri(), Side::source).effective(), Side::source, "", {}, {});
    if (!dumped) throw std::runtime_error(dumped.error().message);
    archive_.emplace(std::move(*dumped));
    std::ranges::copy_if(archive_->entries(), std::back_inserter(tables_),
                         [](const schema::Entry& entry) { return entry.kind == "TABLE"; });
    const Connection target = connect(target_.uri(), Side::target);
    restore_.emplace(*archive_, target.effective(), nullptr, target.version(), std::stop_token());
  }

  support::Database source_{support::shared_source()};
  support::Database target_{support::shared_target()};
  std::optional<schema::SchemaArchive> archive_;
  std::vector<schema::Entry> tables_;
  std::optional<SchemaRestore> restore_;
};

TEST_F(SchemaRestoreTest, CreatesWhatIsAskedForAndNothingElse) {
  ASSERT_EQ(tables_.size(), 2U);
  ASSERT_TRUE(restore_->restore({tables_.front()}, false));
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relname in ('orders', 'items')"), "1");
  EXPECT_TRUE(restore_->restore({}, false));
}

TEST_F(SchemaRestoreTest, NamesEachObjectThatCouldNotBeCreated) {
  ASSERT_TRUE(restore_->restore(tables_, false));
  const Status again = restore_->restore(tables_, false);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::program_failed);
  EXPECT_TRUE(again.error().message.starts_with("pg_restore could not create 2 objects\n  "))
      << again.error().message;
  for (const char* name : {"orders", "items"})
    EXPECT_NE(again.error().message.find(name), std::string::npos) << again.error().message;
  EXPECT_FALSE(again.error().object.empty());
}

TEST_F(SchemaRestoreTest, CreatesOnlyWhatAnEarlierAttemptHasNot) {
  ASSERT_TRUE(restore_->restore({tables_.front()}, false));
  ASSERT_TRUE(restore_->restore(tables_, true));
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relname in ('orders', 'items')"), "2");
}

}  // namespace
}  // namespace pghaul::tasks

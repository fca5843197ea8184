#include "follow/batch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::follow {
namespace {

using changes::Value;

const changes::Relation kTable{.oid = 5, .schema = "s", .name = "t", .columns = {{"id", 23, -1, true}}};

TEST(Batch, OutlivesTheMessagesThatItCopies) {
  Batch batch;
  std::vector<std::string> texts;
  for (int i = 0; i < 1'000; ++i) {
    std::string text(static_cast<std::size_t>(i), 'x');
    const std::vector<Value> row{{.kind = Value::Kind::text, .text = text}, {}};
    batch.add(3, changes::Insert{.relation = nullptr, .row = row}, kTable);
    text.assign(text.size(), '!');
  }
  ASSERT_EQ(batch.entries().size(), 1'000U);
  for (std::size_t i = 0; i < 1'000; ++i) {
    const auto& insert = std::get<changes::Insert>(batch.entries()[i].what);
    EXPECT_EQ(insert.row[0].text, std::string(i, 'x'));
    EXPECT_EQ(insert.row[1].kind, Value::Kind::null);
    EXPECT_EQ(insert.relation, &kTable);
  }
  EXPECT_GT(batch.bytes(), 1'000U * 500U);
  batch.clear();
  EXPECT_EQ(batch.bytes(), 0U);
}

TEST(Batch, SaysWhereItsLastTransactionEnds) {
  Batch batch;
  EXPECT_FALSE(batch.has_changes());
  batch.add(3, changes::Delete{}, kTable);
  EXPECT_EQ(batch.whole_entries(), 0U);
  EXPECT_TRUE(batch.has_changes());
  batch.add(3, changes::Commit{});
  batch.add(4, changes::Update{}, kTable);
  EXPECT_EQ(batch.whole_entries(), 2U);
  EXPECT_EQ(batch.transactions(), 1U);
  batch.clear();
  EXPECT_EQ(batch.whole_entries(), 0U);
  EXPECT_FALSE(batch.has_changes());
}

TEST(Batch, KeepsTheTablesOfATruncate) {
  Batch batch;
  {
    const std::vector<const changes::Relation*> tables{&kTable, &kTable};
    batch.add(3, changes::Truncate{.relations = {}, .restart_identity = true}, tables);
  }
  const auto& truncate = std::get<changes::Truncate>(batch.entries()[0].what);
  ASSERT_EQ(truncate.relations.size(), 2U);
  EXPECT_EQ(truncate.relations[1], &kTable);
  EXPECT_TRUE(truncate.restart_identity);
}

}  // namespace
}  // namespace pghaul::follow

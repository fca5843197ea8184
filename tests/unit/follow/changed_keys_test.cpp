#include "follow/changed_keys.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "follow/noting_feed.h"

namespace pghaul::follow {
namespace {

using changes::Delete;
using changes::Identity;
using changes::Insert;
using changes::OldRow;
using changes::Relation;
using changes::Update;
using changes::Value;
using Texts = std::set<std::vector<std::string>>;

Relation table(std::uint32_t oid, Identity identity = Identity::primary_key) {
  return {.oid = oid,
          .schema = "public",
          .name = "t",
          .identity = identity,
          .columns = {{.name = "a", .in_identity = true}, {.name = "n"}, {.name = "b", .in_identity = true}}};
}

Value text(const char* value) {
  return {.kind = Value::Kind::text, .text = value};
}

const Relation kTable = table(7);

/// Returns a row of `kTable`, which lasts.
changes::Row row(const char* a, const char* b) {
  static std::deque<std::array<Value, 3>> rows;
  return rows.emplace_back(std::array<Value, 3>{text(a), text("x"), text(b)});
}

Texts texts(const TableKeys& keys) {
  Texts all;
  const Status done =
      keys.for_each_batch(2, [&](const std::vector<std::vector<std::string_view>>& batch) -> Status {
        EXPECT_LE(batch.size(), 2U);
        for (const auto& key : batch) all.insert({key.begin(), key.end()});
        return {};
      });
  EXPECT_TRUE(done);
  return all;
}

TEST(ChangedKeys, HoldOldAndNewKeysOfAllChangesOnce) {
  ChangedKeys keys;
  EXPECT_EQ(keys.note(Insert{&kTable, row("1", "")}), (std::vector<std::uint32_t>{7}));
  keys.set_recorded(7);
  EXPECT_TRUE(keys.note(Update{&kTable, OldRow::none, {}, row("1", "")}).empty());
  EXPECT_TRUE(keys.note(Update{&kTable, OldRow::key, row("2", "b"), row("3", "b")}).empty());
  EXPECT_TRUE(keys.note(Delete{&kTable, OldRow::key, row("4", "b")}).empty());
  EXPECT_EQ(keys.count(), 4U);
  EXPECT_TRUE(keys.take_due().empty());
  keys.cut();
  EXPECT_EQ(keys.count(), 0U);
  const ChangedKeys::Tables due = keys.take_due();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due.at(7).columns(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(texts(due.at(7)), (Texts{{"1", ""}, {"2", "b"}, {"3", "b"}, {"4", "b"}}));
}

TEST(ChangedKeys, TakeAnUnchangedPartOfTheKeyFromTheOldRow) {
  ChangedKeys keys;
  const std::array<Value, 3> changed{text("2"), text("x"), Value{.kind = Value::Kind::unchanged}};
  EXPECT_FALSE(keys.note(Update{&kTable, OldRow::key, row("1", "b"), changed}).empty());
  keys.cut();
  EXPECT_EQ(texts(keys.take_due().at(7)), (Texts{{"1", "b"}, {"2", "b"}}));
}

TEST(ChangedKeys, KeepWhatIsGivenBackTogetherWithWhatCameSince) {
  ChangedKeys keys;
  EXPECT_FALSE(keys.note(Insert{&kTable, row("1", "b")}).empty());
  keys.cut();
  ChangedKeys::Tables due = keys.take_due();
  EXPECT_FALSE(keys.note(Insert{&kTable, row("2", "b")}).empty());
  keys.add_due(7, std::move(due.at(7)));
  keys.cut();
  EXPECT_EQ(texts(keys.take_due().at(7)), (Texts{{"1", "b"}, {"2", "b"}}));
}

TEST(ChangedKeys, CountATableAsAWholeWhoseRowsCanNotBeToldOrTakeTooMuch) {
  ChangedKeys keys(10'000);
  const Relation full = table(8, Identity::full);
  EXPECT_FALSE(keys.note(Insert{&full, row("1", "b")}).empty());
  const Relation truncated = table(9);
  EXPECT_FALSE(keys.note(Insert{&truncated, row("1", "b")}).empty());
  const std::array<const Relation*, 1> emptied{&truncated};
  EXPECT_FALSE(keys.note(changes::Truncate{.relations = emptied}).empty());
  const Relation large = table(10);
  std::deque<std::string> numbers;
  for (int i = 0; i < 1000; ++i) {
    numbers.push_back(std::to_string(i));
    EXPECT_FALSE(keys.note(Insert{&large, row(numbers.back().c_str(), "b")}).empty());
  }
  EXPECT_FALSE(keys.note(Insert{&kTable, row("1", "b")}).empty());
  keys.cut();
  const ChangedKeys::Tables due = keys.take_due();
  EXPECT_TRUE(due.at(8).whole());
  EXPECT_TRUE(due.at(9).whole());
  EXPECT_TRUE(due.at(10).whole());
  EXPECT_EQ(texts(due.at(7)).size(), 1U);
}

TEST(ChangedKeys, ForgetOnlyTablesThatHaveNotChangedAgain) {
  ChangedKeys keys;
  const Relation other = table(8);
  EXPECT_FALSE(keys.note(Insert{&kTable, row("1", "b")}).empty());
  std::vector<std::uint32_t> forgotten;
  keys.forget({7, 8}, [&](const std::vector<std::uint32_t>& tables) { forgotten = tables; });
  EXPECT_EQ(forgotten, (std::vector<std::uint32_t>{8}));
}

/// Gives one insert again and again.
class Inserts : public Feed {
 public:
  [[nodiscard]] Result<Item> next(std::chrono::milliseconds, const std::stop_token&) override {
    return changes::Message(Insert{&kTable, row("1", "b")});
  }
  void confirm(Lsn) override {}
};

TEST(NotingFeed, RecordsATableBeforeItsFirstChangeSinceACut) {
  Inserts feed;
  ChangedKeys keys;
  int asked = 0;
  bool fails = true;
  NotingFeed noting(feed, keys, [&](std::uint32_t table) -> Status {
    EXPECT_EQ(table, 7U);
    ++asked;
    return fails ? fail(ErrorCode::server_error, "no") : Status();
  });
  EXPECT_FALSE(noting.next({}, {}));
  fails = false;
  EXPECT_TRUE(noting.next({}, {}));  // the feed was opened again
  EXPECT_TRUE(noting.next({}, {}));
  EXPECT_EQ(asked, 2);
  keys.cut();
  EXPECT_TRUE(noting.next({}, {}));
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace pghaul::follow

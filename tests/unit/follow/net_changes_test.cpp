#include "follow/net_changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "follow/batch.h"
#include "support/seed.h"

namespace pghaul::follow {
namespace {

using changes::OldRow;
using changes::Relation;
using changes::Row;
using changes::Value;

const Relation kTable{
    .oid = 5,
    .schema = "s",
    .name = "t",
    .identity = changes::Identity::primary_key,
    .columns = {{"k1", 23, -1, true}, {"a", 25, -1, false}, {"k2", 25, -1, true}, {"b", 25, -1, false}}};
const Relation kKeyless{.oid = 6,
                        .schema = "s",
                        .name = "log",
                        .identity = changes::Identity::nothing,
                        .columns = {{"a", 25, -1, false}}};

using Texts = std::vector<std::string>;  // of a row; "-": NULL, "u": unchanged

/// A row that points into texts which live as long as the test.
Row row(const Texts& texts) {
  static std::deque<std::string> all;
  static std::deque<std::vector<Value>> rows;
  std::vector<Value>& values = rows.emplace_back();
  for (const std::string& text : texts) {
    if (text == "-") {
      values.push_back({});
    } else if (text == "u") {
      values.push_back({.kind = Value::Kind::unchanged, .text = {}});
    } else {
      values.push_back({.kind = Value::Kind::text, .text = all.emplace_back(text)});
    }
  }
  return values;
}

changes::Insert insert(const Texts& texts) {
  return {.relation = &kTable, .row = row(texts)};
}
changes::Update update(const Texts& texts) {
  return {.relation = &kTable, .old_kind = OldRow::none, .old = {}, .row = row(texts)};
}
changes::Delete remove(const std::string& k1, const std::string& k2) {
  return {.relation = &kTable, .old_kind = OldRow::key, .old = row({k1, "-", k2, "-"})};
}

std::string shown(const std::vector<Row>& rows) {
  std::string text;
  for (const Row row : rows) {
    text += "(";
    for (const Value& value : row) {
      text += value.kind == Value::Kind::text ? std::string(value.text)
                                              : std::string(1, value.kind == Value::Kind::null ? '-' : 'u');
      text += ' ';
    }
    text.back() = ')';
  }
  return text;
}

/// Returns the net effect of the changes so far: "removed | updated | inserted".
std::string amount(NetChanges& net, const Relation& relation = kTable) {
  const NetChanges::Table table = net.take(relation);
  return shown(table.removed) + " | " + shown(table.updated) + " | " + shown(table.inserted);
}

TEST(NetChanges, AreTheLastRowOfAKey) {
  NetChanges net;
  EXPECT_TRUE(net.add(update({"1", "x", "a", "y"})));
  EXPECT_TRUE(net.add(update({"2", "x", "a", "y"})));
  EXPECT_TRUE(net.add(update({"1", "z", "a", "-"})));
  EXPECT_EQ(amount(net), " | (1 z a -)(2 x a y) | ");
  EXPECT_EQ(amount(net), " |  | ");
}

TEST(NetChanges, KeepEarlierValuesThatALaterUpdateLeavesAlone) {
  NetChanges net;
  EXPECT_TRUE(net.add(insert({"1", "x", "a", "y"})));
  EXPECT_TRUE(net.add(update({"1", "u", "a", "z"})));
  EXPECT_TRUE(net.add(update({"2", "u", "a", "y"})));
  EXPECT_TRUE(net.add(update({"2", "u", "a", "z"})));
  EXPECT_TRUE(net.add(update({"2", "x", "a", "u"})));
  EXPECT_TRUE(net.add(update({"3", "x", "a", "u"})));
  EXPECT_TRUE(net.add(update({"3", "u", "a", "u"})));
  EXPECT_EQ(amount(net), " | (2 x a z)(3 x a u) | (1 x a z)");
}

TEST(NetChanges, AreNothingForARowThatCameAndWent) {
  NetChanges net;
  EXPECT_TRUE(net.add(insert({"1", "x", "a", "y"})));
  EXPECT_TRUE(net.add(update({"1", "z", "a", "y"})));
  EXPECT_TRUE(net.add(remove("1", "a")));
  EXPECT_EQ(amount(net), " |  | ");
}

TEST(NetChanges, ReplaceARowThatWentAndCame) {
  NetChanges net;
  EXPECT_TRUE(net.add(update({"1", "u", "a", "y"})));
  EXPECT_TRUE(net.add(remove("1", "a")));
  EXPECT_TRUE(net.add(insert({"1", "n", "a", "n"})));
  EXPECT_TRUE(net.add(update({"1", "u", "a", "m"})));
  EXPECT_EQ(amount(net), "(1 - a -) |  | (1 n a m)");
}

TEST(NetChanges, TellKeysOfSeveralColumnsApart) {
  NetChanges net;
  EXPECT_TRUE(net.add(remove("1", "23")));
  EXPECT_TRUE(net.add(remove("12", "3")));
  EXPECT_TRUE(net.add(remove("", "123")));
  EXPECT_EQ(amount(net), "(1 - 23 -)(12 - 3 -)( - 123 -) |  | ");
}

TEST(NetChanges, RefuseWhatDoesNotFitWhatCameBefore) {
  NetChanges net;
  EXPECT_TRUE(net.add(insert({"1", "x", "a", "y"})));
  EXPECT_FALSE(net.add(insert({"1", "x", "a", "y"})));
  EXPECT_TRUE(net.add(remove("2", "a")));
  EXPECT_FALSE(net.add(remove("2", "a")));
  EXPECT_FALSE(net.add(update({"2", "x", "a", "y"})));
  EXPECT_EQ(amount(net), "(2 - a -) |  | (1 x a y)");
}

TEST(NetChanges, RefuseNewKeysAndRowsWithoutOne) {
  NetChanges net;
  const Row old = row({"1", "-", "a", "-"});
  EXPECT_FALSE(net.add(changes::Update{
      .relation = &kTable, .old_kind = OldRow::key, .old = old, .row = row({"2", "x", "a", "y"})}));
  EXPECT_FALSE(net.add(update({"u", "x", "a", "y"})));
  EXPECT_FALSE(net.add(insert({"1", "u", "a", "y"})));
  Relation full = kTable;
  full.identity = changes::Identity::full;
  EXPECT_FALSE(net.add(changes::Delete{.relation = &full, .old_kind = OldRow::full, .old = old}));
  EXPECT_EQ(amount(net), " |  | ");
}

TEST(NetChanges, KeepEachRowOfATableWithoutAKey) {
  NetChanges net;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(net.add(changes::Insert{.relation = &kKeyless, .row = row({"x"})}));
  }
  EXPECT_EQ(amount(net, kKeyless), " |  | (x)(x)");
}

TEST(NetChanges, ComeInTheOrderInWhichTablesWereFirstChanged) {
  NetChanges net;
  EXPECT_TRUE(net.add(changes::Insert{.relation = &kKeyless, .row = row({"x"})}));
  EXPECT_TRUE(net.add(remove("1", "a")));
  EXPECT_TRUE(net.add(changes::Insert{.relation = &kKeyless, .row = row({"y"})}));
  const std::vector<NetChanges::Table> all = net.take_all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].relation, &kKeyless);
  EXPECT_EQ(all[1].relation, &kTable);
  EXPECT_TRUE(net.take_all().empty());
}

/// A table as a server would have it.
class Model {
 public:
  void apply(const changes::Insert& insert) {
    EXPECT_TRUE(rows_.emplace(key(insert.row), texts(insert.row)).second);
  }
  void apply(const changes::Update& update) {
    const auto place = rows_.find(key(update.row));
    ASSERT_NE(place, rows_.end());
    for (std::size_t i = 0; i < update.row.size(); ++i) {
      if (update.row[i].kind != Value::Kind::unchanged) place->second[i] = texts(update.row)[i];
    }
  }
  void apply(const changes::Delete& removed) { EXPECT_EQ(rows_.erase(key(removed.old)), 1U); }
  void apply(const NetChanges::Table& net) {
    for (const Row row : net.removed) apply(changes::Delete{.relation = &kTable, .old = row});
    for (const Row row : net.updated) apply(changes::Update{.relation = &kTable, .old = {}, .row = row});
    for (const Row row : net.inserted) apply(changes::Insert{.relation = &kTable, .row = row});
  }
  [[nodiscard]] bool has(const std::string& k1, const std::string& k2) const {
    return rows_.contains({k1, k2});
  }
  friend bool operator==(const Model&, const Model&) = default;

 private:
  static std::pair<std::string, std::string> key(Row row) {
    return {std::string(row[0].text), std::string(row[2].text)};
  }
  static Texts texts(Row row) {
    Texts texts;
    for (const Value& value : row)
      texts.push_back(value.kind == Value::Kind::null ? "-" : std::string(value.text));
    return texts;
  }
  std::map<std::pair<std::string, std::string>, Texts> rows_;
};

TEST(NetChanges, LeaveWhatTheChangesLeaveInTheirOrder) {
  std::mt19937_64 random(support::seed_of_this_run());
  const auto below = [&](std::size_t limit) { return std::to_string(random() % limit); };
  const auto value = [&] { return std::vector<std::string>{"-", "", "x", below(9)}[random() % 4]; };
  Model source;
  Model target;
  NetChanges net;
  Batch batch;  // copies them, and has them for longer
  const auto take = [&](const auto& change) {
    source.apply(change);
    batch.add(7, change, kTable);
    using Change = std::decay_t<decltype(change)>;
    const Change& kept = std::get<Change>(batch.entries().back().what);
    if (net.add(kept)) return;
    target.apply(net.take(kTable));
    target.apply(kept);
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string k1 = below(6);
    const std::string k2 = below(3);
    if (!source.has(k1, k2)) {
      take(insert({k1, value(), k2, value()}));
    } else if (random() % 3 == 0) {
      take(remove(k1, k2));
    } else {
      const auto maybe = [&] { return random() % 3 == 0 ? "u" : value(); };
      take(update({k1, maybe(), k2, maybe()}));
    }
    if (random() % 20 > 0) continue;
    for (const NetChanges::Table& table : net.take_all()) target.apply(table);
    ASSERT_EQ(source, target) << i;
    net = {};
    batch.clear();
  }
}

}  // namespace
}  // namespace pghaul::follow

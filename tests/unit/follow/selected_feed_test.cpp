#include "follow/selected_feed.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace pghaul::follow {
namespace {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Insert;
using changes::Relation;
using changes::Truncate;
using changes::Update;

const Relation kOrders{.oid = 1, .schema = "public", .name = "orders", .columns = {}};
const Relation kItems{.oid = 2, .schema = "public", .name = "items", .columns = {}};
const Relation kOwn{.oid = 3, .schema = "pghaul_live", .name = "copies", .columns = {}};

constexpr Lsn kUntil{1'000};
constexpr std::uint32_t kCopied = 90;  // seen by the snapshot 100:110:105
constexpr std::uint32_t kInProgress = 105;

/// Gives what it was given, and keeps what it is told.
class Script : public Feed {
 public:
  explicit Script(std::deque<Item> items) : items_(std::move(items)) {}

  [[nodiscard]] Result<Item> next(std::chrono::milliseconds, const std::stop_token&) override {
    if (items_.empty()) return Nothing{};
    Item item = items_.front();
    items_.pop_front();
    return item;
  }
  void confirm(Lsn durable) override { confirmed = durable; }

  Lsn confirmed;

 private:
  std::deque<Item> items_;
};

struct NameOf {
  std::string operator()(const Begin& begin) const { return "begin " + std::to_string(begin.xid); }
  std::string operator()(const Commit&) const { return "commit"; }
  std::string operator()(const Description& said) const { return "describe " + said.relation->name; }
  std::string operator()(const Insert& said) const { return "insert " + said.relation->name; }
  std::string operator()(const Update& said) const { return "update " + said.relation->name; }
  std::string operator()(const Delete& said) const { return "delete " + said.relation->name; }
  std::string operator()(const Truncate& said) const {
    std::string text = "truncate";
    for (const Relation* relation : said.relations) text += " " + relation->name;
    return text;
  }
  std::string operator()(const auto&) const { return "else"; }
};

class Selected : public testing::Test {
 protected:
  /// Lists what the feed gives of these, until it has nothing more.
  [[nodiscard]] std::vector<std::string> given(std::deque<Item> items) {
    script_ = Script(std::move(items));
    std::vector<std::string> all;
    for (;;) {
      const Result<Item> item = feed_.next({}, {});
      if (!item || std::holds_alternative<Nothing>(*item)) return all;
      if (const auto* idle = std::get_if<Idle>(&*item)) {
        all.push_back("idle " + std::to_string(idle->position.value));
      } else if (const auto* mark = std::get_if<Mark>(&*item)) {
        all.push_back("mark " + std::to_string(mark->position.value));
      } else {
        all.push_back(std::visit(NameOf{}, std::get<changes::Message>(*item)));
      }
    }
  }
  static Item begin(std::uint32_t xid, std::uint64_t at) {
    return changes::Message(Begin{.commit_lsn = {at}, .committed_at = 0, .xid = xid});
  }
  static Item commit(std::uint64_t at, changes::Timestamp when = 0) {
    return changes::Message(Commit{.commit_lsn = {at}, .end_lsn = {at + 8}, .committed_at = when});
  }
  static Item insert(const Relation& into) { return changes::Message(Insert{.relation = &into, .row = {}}); }

  Meter meter_;
  Script script_{{}};
  SelectedFeed feed_{script_, SnapshotStart::parse("100:110:105", kUntil).value(), "pghaul_live", meter_};
};

using Given = std::vector<std::string>;

TEST_F(Selected, GivesAMarkAfterATransactionThatUpdatedItsOwnRow) {
  EXPECT_EQ(given({begin(201, 2'100), changes::Message(Update{.relation = &kOwn}), commit(2'100),
                   begin(202, 2'200), insert(kOwn), commit(2'200)}),
            (Given{"begin 201", "commit", "mark 2108", "begin 202", "commit"}));
}

TEST_F(Selected, DropsTheChangesThatTheCopyHasAndNotTheirEnds) {
  EXPECT_EQ(given({begin(kCopied, 500), insert(kOrders), changes::Message(Update{.relation = &kOrders}),
                   changes::Message(Delete{.relation = &kOrders}), commit(500)}),
            (Given{"begin 90", "commit"}));
  EXPECT_EQ(meter_.changes, 0U);
  EXPECT_EQ(meter_.transactions, 1U);
}

TEST_F(Selected, GivesWhatTheSnapshotHasNotSeen) {
  EXPECT_EQ(given({begin(kInProgress, 500), insert(kOrders), changes::Message(Update{.relation = &kOrders}),
                   changes::Message(Delete{.relation = &kItems}), commit(500)}),
            (Given{"begin 105", "insert orders", "update orders", "delete items", "commit"}));
  EXPECT_EQ(meter_.changes, 3U);
}

TEST_F(Selected, JudgesEachTransactionByItself) {
  EXPECT_EQ(given({begin(kCopied, 500), insert(kOrders), commit(500), begin(120, 600), insert(kOrders),
                   commit(600), begin(kCopied, 2'000), insert(kItems), commit(2'000)}),
            (Given{"begin 90", "commit", "begin 120", "insert orders", "commit", "begin 90", "insert items",
                   "commit"}));
}

TEST_F(Selected, DescribesTablesEvenInTransactionsThatTheCopyHas) {
  EXPECT_EQ(given({begin(kCopied, 500), changes::Message(Description{&kOrders}),
                   changes::Message(Description{&kOwn}), commit(500)}),
            (Given{"begin 90", "describe orders", "commit"}));
}

TEST_F(Selected, DropsWhatIsOfPghaulsOwnTableButTellsOfAMark) {
  EXPECT_EQ(given({begin(120, 600), insert(kOwn), changes::Message(Update{.relation = &kOwn}),
                   insert(kOrders), commit(600)}),
            (Given{"begin 120", "insert orders", "commit", "mark 608"}));
  EXPECT_EQ(meter_.changes, 1U);
}

TEST_F(Selected, NarrowsATruncateToTablesOfTheDatabase) {
  const std::array<const Relation*, 3> all{&kOrders, &kOwn, &kItems};
  const std::array<const Relation*, 1> own{&kOwn};
  EXPECT_EQ(given({begin(120, 600), changes::Message(Truncate{.relations = all}),
                   changes::Message(Truncate{.relations = own}), commit(600), begin(kCopied, 500),
                   changes::Message(Truncate{.relations = all}), commit(500)}),
            (Given{"begin 120", "truncate orders items", "commit", "begin 90", "commit"}));
  EXPECT_EQ(meter_.changes, 1U);
}

/// Orders were copied with the others, items under a later snapshot.
TEST(SelectedByTable, DropsWhatEachTablesOwnCopyHas) {
  const Progress progress{.snapshot = "100:110:105",
                          .snapshot_until = kUntil,
                          .late_tables = {{kItems.oid, "200:200:", {2'000}}}};
  const std::array<const Relation*, 2> both{&kOrders, &kItems};
  Script script({changes::Message(Begin{.commit_lsn = {1'500}, .committed_at = 0, .xid = 150}),
                 changes::Message(Insert{.relation = &kOrders}),
                 changes::Message(Insert{.relation = &kItems}),
                 changes::Message(Truncate{.relations = both})});
  Meter meter;
  SelectedFeed feed(script, TableStarts::of(progress).value(), "pghaul_live", meter);
  Given all;
  for (Result<Item> item = feed.next({}, {}); !std::holds_alternative<Nothing>(*item);
       item = feed.next({}, {})) {
    all.push_back(std::visit(NameOf{}, std::get<changes::Message>(*item)));
  }
  EXPECT_EQ(all, (Given{"begin 150", "insert orders", "truncate orders"}));
  EXPECT_EQ(meter.changes, 2U);
}

TEST_F(Selected, CountsWhatIsNotSafeYet) {
  EXPECT_EQ(given({begin(120, 600), commit(600, 77), begin(121, 700), commit(700, 88)}).size(), 4U);
  EXPECT_EQ(meter_.received, 708U);
  EXPECT_EQ(meter_.pending, 2U);
  EXPECT_EQ(meter_.oldest_pending, 77);

  feed_.confirm({608});
  EXPECT_EQ(script_.confirmed, Lsn{608});
  EXPECT_EQ(meter_.durable, 608U);
  EXPECT_EQ(meter_.pending, 1U);
  EXPECT_EQ(meter_.oldest_pending, 88);

  feed_.confirm({707});
  EXPECT_EQ(meter_.pending, 1U) << "it ends at 708";
  feed_.confirm({708});
  EXPECT_EQ(meter_.pending, 0U);
  EXPECT_EQ(meter_.oldest_pending, 0);
}

TEST_F(Selected, NotesHowFarTheSourceHasBeenRead) {
  EXPECT_EQ(given({Idle{{4'711}}}), (Given{"idle 4711"}));
  EXPECT_EQ(meter_.received, 4'711U);
}

}  // namespace
}  // namespace pghaul::follow

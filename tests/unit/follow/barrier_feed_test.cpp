#include "follow/barrier_feed.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace pghaul::follow {
namespace {

using changes::Message;
using changes::Relation;
using changes::Value;

constexpr const char* kOwn = "pghaul_live";

/// A source whose stream is written beforehand; a transaction is one change, of the row with its number.
class Script : public Feed {
 public:
  void transaction(std::uint32_t xid) { add(xid, table_, std::to_string(xid)); }
  void marker(std::uint32_t xid, const std::string& text) { add(xid, own_, text); }

  Result<Item> next(std::chrono::milliseconds, const std::stop_token&) override {
    if (items_.empty()) return Nothing{};
    Message message = items_.front();
    items_.pop_front();
    if (auto* insert = std::get_if<changes::Insert>(&message)) {
      text_ = texts_.front();  // good until the next call only
      texts_.pop_front();
      value_ = {.kind = Value::Kind::text, .text = text_};
      insert->row = {&value_, 1};
    } else if (auto* update = std::get_if<changes::Update>(&message)) {
      text_ = texts_.front();
      texts_.pop_front();
      value_ = {.kind = Value::Kind::text, .text = text_};
      update->row = {&value_, 1};
    }
    return message;
  }
  void confirm(Lsn) override {}

 private:
  void add(std::uint32_t xid, const Relation& relation, const std::string& text) {
    end_ += 100;
    items_.push_back(changes::Begin{.commit_lsn = {end_ - 10}, .committed_at = 0, .xid = xid});
    if (relation.schema == kOwn) {
      items_.push_back(changes::Update{.relation = &relation, .old_kind = {}, .old = {}, .row = {}});
    } else {
      items_.push_back(changes::Insert{.relation = &relation, .row = {}});
    }
    texts_.push_back(text);
    items_.push_back(changes::Commit{.commit_lsn = {end_ - 10}, .end_lsn = {end_}, .committed_at = 0});
  }

  Relation table_{.oid = 1, .schema = "public", .name = "t", .identity = {}, .columns = {}};
  Relation own_{.oid = 2, .schema = kOwn, .name = "copies", .identity = {}, .columns = {}};
  std::uint64_t end_ = 1000;
  std::deque<Message> items_;
  std::deque<std::string> texts_;
  std::string text_;
  Value value_;
};

class Barrier : public testing::Test {
 protected:
  Barrier() { visibility_.set(*VisibleTransactions::parse("1:1:")); }

  /// Reads items, and confirms what ends as an applier would that makes everything safe at once.
  void read(int items = 60) {
    for (int i = 0; i < items; ++i) {
      const Result<Item> item = feed_.next({}, {});
      ASSERT_TRUE(item) << item.error().message;
      const auto* message = std::get_if<Message>(&*item);
      if (message == nullptr) continue;
      if (const auto* insert = std::get_if<changes::Insert>(message))
        given_ += std::string(insert->row[0].text) + " ";
      if (const auto* commit = std::get_if<changes::Commit>(message)) {
        if (confirms_) feed_.confirm(commit->end_lsn);
        last_ = commit->end_lsn;
      }
    }
  }

  Script script_;
  Visibility visibility_;
  std::atomic<bool> requested_ = false;
  std::deque<std::string> snapshots_;  // to be taken, one for each attempt
  std::string given_;                  // the rows, and "| " where the barrier is
  std::string failed_;
  bool confirms_ = true;
  Lsn last_;
  std::uint32_t marker_xid_ = 900;
  std::vector<std::uint32_t> before_marker_;  // transactions that are streamed before it
  BarrierFeed feed_{script_,
                    kOwn,
                    visibility_,
                    requested_,
                    {.take_snapshot = [this]() -> Result<std::string> {
                       if (snapshots_.empty()) return fail(ErrorCode::connection_lost, "no source");
                       std::string taken = snapshots_.front();
                       snapshots_.pop_front();
                       return taken;
                     },
                     .write_marker = [this](const std::string& marker) -> Status {
                       for (const std::uint32_t xid : before_marker_) script_.transaction(xid);
                       script_.marker(marker_xid_++, marker);
                       return {};
                     },
                     .reached = [this]() -> Status {
                       given_ += "| ";
                       return {};
                     },
                     .failed = [this](const Error& error) { failed_ = error.message; }}};
};

TEST_F(Barrier, LetsThroughWhatTheSnapshotSeesAndHoldsTheRest) {
  script_.transaction(10);
  read(4);
  requested_ = true;
  snapshots_ = {"11:14:12"};
  before_marker_ = {11, 13, 12, 14};
  read();
  EXPECT_EQ(given_, "10 11 13 | 12 14 ");
  EXPECT_FALSE(requested_);
  EXPECT_EQ(failed_, "");
}

TEST_F(Barrier, IsReachedOnceWhatWasLetThroughIsSafe) {
  confirms_ = false;
  requested_ = true;
  snapshots_ = {"10:12:"};
  before_marker_ = {10, 11};
  read();
  EXPECT_EQ(given_, "10 11 ");
  feed_.confirm(Lsn{last_.value - 1});
  read();
  EXPECT_EQ(given_, "10 11 ");
  feed_.confirm(last_);
  read();
  EXPECT_EQ(given_, "10 11 | ");
}

/// 11 became visible before 12 did, and was committed after it.
TEST_F(Barrier, IsTriedAgainWhereTheOrderOfCommitsIsAnother) {
  requested_ = true;
  snapshots_ = {"10:14:12", "901:901:"};  // the second sees the first marker
  before_marker_ = {10, 12, 11, 13};
  read(30);
  EXPECT_EQ(given_, "10 12 11 13 ");
  before_marker_ = {};
  while (requested_) read(5);
  EXPECT_EQ(given_, "10 12 11 13 | ");
  EXPECT_EQ(failed_, "");
}

/// As when a commit waits for a synchronous standby: it is streamed, and not visible yet.
TEST_F(Barrier, IsTriedAgainWhileSomethingAppliedIsNotVisible) {
  script_.transaction(10);
  read(4);
  requested_ = true;
  snapshots_ = {"10:11:10", "10:11:10", "11:11:"};
  while (requested_) read(5);
  EXPECT_EQ(given_, "10 | ");
  EXPECT_TRUE(snapshots_.empty());
}

/// What an earlier follower applied may not be visible either, as long as it runs.
TEST_F(Barrier, WaitsForTransactionsThatRanWhenFollowingBegan) {
  visibility_.restart();
  visibility_.set(*VisibleTransactions::parse("5:9:7"));
  requested_ = true;
  snapshots_ = {"7:20:7", "9:20:"};
  while (requested_) read(5);
  EXPECT_EQ(given_, "| ");
  EXPECT_TRUE(snapshots_.empty());
}

TEST_F(Barrier, IsGivenUpWhereTheSourceIsOutOfReach) {
  requested_ = true;
  script_.transaction(10);
  read();
  EXPECT_EQ(failed_, "no source");
  EXPECT_FALSE(requested_);
  EXPECT_EQ(given_, "10 ");
}

}  // namespace
}  // namespace pghaul::follow

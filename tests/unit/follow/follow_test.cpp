#include "follow/follow.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::follow {
namespace {

using std::chrono::milliseconds;

/// Gives items as they stand in a text: m for a message, n for nothing, i for an idle source; then asks to
/// stop.
class WrittenFeed : public Feed {
 public:
  WrittenFeed(std::string items, std::string& log, std::stop_source& stop)
      : items_(std::move(items)), log_(log), stop_(stop) {}
  Result<Item> next(milliseconds wait, const std::stop_token&) override {
    waits_.push_back(wait);
    const char item = items_.empty() ? '.' : items_.front();
    if (items_.size() <= 1) stop_.request_stop();
    if (!items_.empty()) items_.erase(0, 1);
    log_ += item;
    if (item == 'm') return changes::Message(changes::Begin{});
    if (item == 'i') return Idle{{7}};
    if (item == 'k') return Mark{.position = {8}};
    return Nothing{};
  }
  void confirm(Lsn) override {}
  [[nodiscard]] const std::vector<milliseconds>& waits() const { return waits_; }

 private:
  std::vector<milliseconds> waits_;
  std::string items_;
  std::string& log_;
  std::stop_source& stop_;
};

class LoggingApplier : public Applier {
 public:
  /// `busy`: how many times the target has not done yet what it was given.
  explicit LoggingApplier(std::string& log, int busy = 0) : log_(log), busy_(busy) {}
  Status take(const changes::Message&) override {
    log_ += "(take)";
    return {};
  }
  void pass(Lsn) override { log_ += "(pass)"; }
  Status mark(Lsn) override {
    log_ += "(mark)";
    return {};
  }
  Result<bool> settle() override {
    log_ += "(settle)";
    return --busy_ < 0;
  }
  [[nodiscard]] Lsn durable() const override { return {}; }

 private:
  std::string& log_;
  int busy_;
};

std::string followed(const std::string& items) {
  std::string log;
  std::stop_source stop;
  WrittenFeed feed(items, log, stop);
  LoggingApplier applier(log);
  EXPECT_TRUE(follow(feed, applier, stop.get_token()));
  return log;
}

TEST(Follow, WaitsALittleForMoreBeforeItSettles) {
  EXPECT_EQ(followed("mnnn"), "m(take)nn(settle)n(settle)");
}

TEST(Follow, SettlesAtOnceWhereNothingHasCome) {
  EXPECT_EQ(followed("nn"), "n(settle)n(settle)");
}

TEST(Follow, TellsWhereTheTargetIsAtOnceWhereItIsMarked) {
  EXPECT_EQ(followed("mk"), "m(take)k(mark)");
}

TEST(Follow, WaitsForNothingMoreOnceTheSourceIsIdle) {
  EXPECT_EQ(followed("mi"), "m(take)i(pass)(settle)");
}

TEST(Follow, LooksAgainSoonWhileTheTargetIsBusy) {
  std::string log;
  std::stop_source stop;
  WrittenFeed feed("nnn", log, stop);
  LoggingApplier applier(log, 1);
  ASSERT_TRUE(follow(feed, applier, stop.get_token()));
  ASSERT_EQ(feed.waits().size(), 3U);
  EXPECT_LT(feed.waits()[1], feed.waits()[2]);
}

}  // namespace
}  // namespace pghaul::follow

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
  Result<Item> next(milliseconds, const std::stop_token&) override {
    const char item = items_.empty() ? '.' : items_.front();
    if (items_.size() <= 1) stop_.request_stop();
    if (!items_.empty()) items_.erase(0, 1);
    log_ += item;
    if (item == 'm') return changes::Message(changes::Begin{});
    if (item == 'i') return Idle{{7}};
    if (item == 'k') return Mark{.position = {8}};
    return Nothing{};
  }
  Status confirm(Lsn) override { return {}; }
  Status keep_alive() override { return {}; }

 private:
  std::string items_;
  std::string& log_;
  std::stop_source& stop_;
};

class LoggingApplier : public Applier {
 public:
  explicit LoggingApplier(std::string& log) : log_(log) {}
  Status take(const changes::Message&) override {
    log_ += "(take)";
    return {};
  }
  Status pass(Lsn) override {
    log_ += "(pass)";
    return {};
  }
  Status mark(Lsn) override {
    log_ += "(mark)";
    return {};
  }
  Status settle() override {
    log_ += "(settle)";
    return {};
  }
  [[nodiscard]] Lsn durable() const override { return {}; }

 private:
  std::string& log_;
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
  EXPECT_EQ(followed("mi"), "m(take)i(pass)");
}

}  // namespace
}  // namespace pghaul::follow

#include "discovery/leave_out_failing.h"

#include <gtest/gtest.h>

namespace pghaul::discovery {
namespace {

schema::Entry entry(int id, std::string kind, std::string text, std::vector<int> depends_on = {}) {
  schema::Entry one;
  one.dump_id = id;
  one.kind = std::move(kind);
  one.text = std::move(text);
  one.depends_on = std::move(depends_on);
  one.oid = 100U + static_cast<std::uint32_t>(id);
  return one;
}

TEST(LeaveOutFailing, TakesAllThatNeedsWhatFails) {
  schema::Entry comment = entry(5, "COMMENT", "app TABLE t owner", {2});
  comment.oid = 0;
  const std::vector<schema::Entry> entries = {
      entry(3, "VIEW", "app v owner", {2}), entry(1, "EXTENSION", "- ext -"),
      entry(2, "TABLE", "app t owner", {1}), entry(4, "TABLE", "app other owner", {9}), comment};
  std::map<int, std::string> failing = {{1, "it is not offered"}};
  add_dependents(entries, failing);
  EXPECT_EQ(
      failing,
      (std::map<int, std::string>{
          {1, "it is not offered"}, {2, "it needs extension ext"}, {3, "it needs table app.t"}, {5, ""}}));
}

}  // namespace
}  // namespace pghaul::discovery

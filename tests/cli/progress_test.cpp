#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <regex>
#include <sstream>

#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"
#include "support/terminal.h"

namespace pghaul {
namespace {

using support::Database;
using support::Environment;
using support::ProcessResult;
using support::Terminal;

/// A copy that waits at a table's check for as long as somebody holds the gate.
class ProgressOfACopy : public testing::Test {
 protected:
  ProgressOfACopy() : source_(support::shared_source()), target_(support::shared_target()) {
    source_.psql(
        "create function gate() returns boolean language plpgsql as "
        "'begin perform pg_advisory_xact_lock_shared(1); return true; end';"
        "create table customers (id bigint primary key, check (public.gate()));"
        "insert into customers select i from generate_series(1, 1000) i");
  }
  void shut_the_gate() {
    auto keeper =
        postgres::Connection::open(*postgres::ConnectionString::parse(target_.uri()), postgres::Side::target);
    ASSERT_TRUE(keeper && keeper->execute("select pg_advisory_lock(1)"));
    keeper_.emplace(std::move(*keeper));
  }
  void open_the_gate() { keeper_.reset(); }
  [[nodiscard]] std::vector<std::string> copy() const {
    return {PGHAUL_COMMAND, "copy", source_.uri(), target_.uri()};
  }

  Database source_;
  Database target_;
  std::optional<postgres::Connection> keeper_;
};

/// Removes colours and moves of the cursor: the rest is what the eye sees.
std::string visible(const std::string& shown) {
  return std::regex_replace(shown, std::regex("\033\\[[0-9]*[A-Za-z]"), "");
}

std::size_t widest_line(const std::string& shown) {
  std::string text = visible(shown);
  std::ranges::replace(text, '\r', '\n');
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto characters = std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; });
    widest = std::max(widest, static_cast<std::size_t>(characters));
  }
  return widest;
}

TEST_F(ProgressOfACopy, FollowsTheWindowsSize) {
  shut_the_gate();
  Terminal terminal(copy(), {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}});
  terminal.expect("copy public.customers");
  EXPECT_NE(terminal.shown().find("tables 0/1"), std::string::npos) << visible(terminal.shown());
  EXPECT_NE(terminal.shown().find("indexes 0/1"), std::string::npos) << visible(terminal.shown());

  terminal.resize(40, 24);
  terminal.expect("\033[1mCopying \033[0m");  // where there is room, more space follows
  const std::string narrow = terminal.shown();
  EXPECT_LE(widest_line(narrow.substr(narrow.find("\033[1mCopying \033[0m"))), 39U) << visible(narrow);
  terminal.resize(120, 50);
  terminal.expect("\033[1mCopying      \033[0m");
  open_the_gate();
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  EXPECT_NE(terminal.shown().find("verified:"), std::string::npos);
}

TEST_F(ProgressOfACopy, NeedsNeitherColorsNorUnicode) {
  Terminal terminal(copy(), {{"TERM", "xterm"}, {"LC_ALL", "C"}, {"NO_COLOR", "1"}});
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  const std::string& shown = terminal.shown();
  EXPECT_TRUE(std::ranges::all_of(shown, [](unsigned char c) { return c < 0x80; })) << shown;
  EXPECT_FALSE(std::regex_search(shown, std::regex("\033\\[[0-9;]*m"))) << "colours";
  const std::size_t bar = shown.find("\n", shown.find("forecast"));  // behind the servers' names
  EXPECT_LE(widest_line(shown.substr(bar, shown.find("Copied ") - bar)), 80U) << visible(shown);
  EXPECT_NE(shown.find("--------"), std::string::npos) << "a bar";
}

TEST_F(ProgressOfACopy, IsPlainLinesInAPipeAndNothingOnStandardOutput) {
  const ProcessResult copied =
      support::run_command(copy(), {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(copied.err.find_first_of("\033\r"), std::string::npos) << copied.err;
  EXPECT_TRUE(copied.err.starts_with("Copying ")) << copied.err;
  EXPECT_TRUE(copied.out.starts_with("Copied ")) << copied.out;
  EXPECT_EQ(copied.out.find('\033'), std::string::npos);
}

/// Returns the time of day in UTC as plain progress shows it.
std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%H:%M:%S", std::gmtime(&now));
  return text.data();
}

TEST_F(ProgressOfACopy, HasTheTimeOfDayInPlainLines) {
  shut_the_gate();
  const std::string before = time_of_day();
  support::Process copying(copy(), {{"TZ", "UTC"}});
  const std::regex line("\n([0-9]{2}:[0-9]{2}:[0-9]{2})  [^\n]*tables 0/1");
  std::smatch match;
  std::string shown;
  for (int looks = 0; !std::regex_search(shown = copying.err(), match, line); ++looks) {
    ASSERT_LT(looks, 1200) << shown;
    ASSERT_FALSE(copying.ends_within(std::chrono::milliseconds(100))) << copying.err();
  }
  const std::string after = time_of_day();
  if (before <= after) {  // midnight has not come in between
    EXPECT_GE(match[1].str(), before);
    EXPECT_LE(match[1].str(), after);
  }
  open_the_gate();
  EXPECT_EQ(copying.wait().exit_status, 0);
}

}  // namespace
}  // namespace pghaul

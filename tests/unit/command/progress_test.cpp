#include "pghaul/progress.h"

#include <gtest/gtest.h>

#include <clocale>

#include "pghaul/columns.h"
#include "pghaul/progress_text.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

constexpr Style kUnicode{.terminal = true, .unicode = true, .color = false};
constexpr Style kAscii{.terminal = true, .unicode = false, .color = false};

Progress after(const std::vector<json>& events) {
  Progress progress;
  for (const json& event : events) progress.take(event);
  return progress;
}

json counted(double elapsed, std::uint64_t bytes) {
  return {{"event", "progress"},
          {"elapsed", elapsed},
          {"bytes", bytes},
          {"bytes_total", 1'000'000'000},
          {"rows", 1},
          {"tables_done", 31},
          {"tables_total", 64},
          {"indexes_done", 12},
          {"indexes_total", 118},
          {"tasks_done", 10},
          {"tasks_total", 100},
          {"running", json::array()}};
}

json phase(const char* name, const char* state) {
  return {{"event", "phase"}, {"elapsed", 1.0}, {"phase", name}, {"state", state}};
}

Progress half_way() {
  json now = counted(31, 470'000'000);
  now["remaining_seconds"] = 42;
  now["bytes_per_second"] = 94'000'000;
  now["running"] = {"copy public.orders 2/4", "index public.orders_pkey", "read back public.customers"};
  return after({phase("data", "started"), counted(26, 0), now});
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Progress, IsInTheEarliestBegunOfItsPhases) {
  const std::vector<json> begun{phase("data", "started"), phase("indexes", "started"),
                                phase("verify", "started")};
  EXPECT_EQ(after(begun).phase(), "data");
  std::vector<json> ended = begun;
  ended.push_back(phase("data", "finished"));
  EXPECT_EQ(after(ended).phase(), "indexes");
  ended.push_back(phase("indexes", "finished"));
  ended.push_back(phase("verify", "finished"));
  EXPECT_EQ(after(ended).phase(), "verify") << "until another begins";
}

TEST(Progress, HasNoRateWhileNoBytesMove) {
  json still = counted(2, 500);
  still["bytes_per_second"] = 0;
  EXPECT_FALSE(after({counted(1, 500), still}).rate());
  EXPECT_FALSE(after({counted(1, 500)}).rate());
}

TEST(Progress, IsAFractionOfTheTimeThatTheForecastGives) {
  json event = counted(30, 999'999'999);
  event["remaining_seconds"] = 10;
  EXPECT_DOUBLE_EQ(after({event}).fraction().value(), 0.75);
}

TEST(Progress, IsAFractionOfBytesAndTasksWithoutForecast) {
  EXPECT_DOUBLE_EQ(after({counted(1, 500'000'000)}).fraction().value(), 0.3);
}

TEST(Progress, NeverFallsAndNeverClaimsToBeComplete) {
  json slower = counted(30, 500'000'000);
  slower["remaining_seconds"] = 3'000;
  EXPECT_DOUBLE_EQ(after({counted(29, 500'000'000), slower}).fraction().value(), 0.3);
  json almost = counted(30, 5'000'000'000);
  almost["remaining_seconds"] = 0;
  EXPECT_DOUBLE_EQ(after({almost}).fraction().value(), 0.99);
}

TEST(Progress, BeginsAnewWithEachRun) {
  EXPECT_EQ(after({counted(9, 500), {{"event", "started"}, {"elapsed", 0}}}).bytes, 0u);
}

TEST(ProgressLines, ShowAllOfItAt80Columns) {
  EXPECT_EQ(joined(progress_lines(half_way(), 79, kUnicode)),
            "Copying      " + repeated("━", 18) + repeated("─", 25) +
                "  42 %  0:31, 0:42 left\n"
                "             470 MB of ~1.00 GB, 94.0 MB/s · tables 31/64 · indexes 12/118\n"
                "             copy public.orders 2/4 · index public.orders_pkey  +1\n");
}

TEST(ProgressLines, ShowAllOfItAt40Columns) {
  EXPECT_EQ(joined(progress_lines(half_way(), 39, kUnicode)), "Copying " + repeated("━", 10) +
                                                                  repeated("─", 15) +
                                                                  "  42 %\n"
                                                                  "0:31, 0:42 left\n"
                                                                  "470 MB of ~1.00 GB, 94.0 MB/s\n"
                                                                  "tables 31/64 · indexes 12/118\n"
                                                                  "copy public.orders 2/4  +2\n");
}

TEST(ProgressLines, NeedNoUnicode) {
  EXPECT_EQ(joined(progress_lines(half_way(), 79, kAscii)),
            "Copying      " + repeated("#", 18) + repeated("-", 25) +
                "  42 %  0:31, 0:42 left\n"
                "             470 MB of ~1.00 GB, 94.0 MB/s, tables 31/64, indexes 12/118\n"
                "             copy public.orders 2/4, index public.orders_pkey  +1\n");
}

TEST(ProgressLines, SayWhatHoldsTheWorkUp) {
  json now = counted(31, 470'000'000);
  now["bottleneck"] = "target WAL";
  const auto lines = progress_lines(after({phase("data", "started"), now}), 79, kUnicode);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[1], "             470 MB of ~1.00 GB · tables 31/64 · indexes 12/118");
  EXPECT_EQ(lines[2], "             held up by target WAL");
}

TEST(ProgressLines, AreNeverTooWide) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  json now = counted(3'600, 470'000'000);
  now["running"] = {"copy public." + std::string(300, 'x'), "copy public.東京都東京都東京都", "c"};
  now["remaining_seconds"] = 100'000;
  const Progress progress = after({phase("constraints", "started"), counted(1, 0), now});
  for (std::size_t columns = 0; columns < 200; ++columns) {
    for (const std::string& line : progress_lines(progress, columns, {true, true, true})) {
      EXPECT_LE(columns_of(line), columns) << line;
    }
  }
  std::setlocale(LC_CTYPE, "C");
}

TEST(ProgressLines, StayThereWhenNothingIsKnownYet) {
  EXPECT_EQ(joined(progress_lines(after({phase("discover", "started")}), 39, kAscii)), "Looking " +
                                                                                           repeated("-", 25) +
                                                                                           "      \n"
                                                                                           "0:01\n"
                                                                                           "\n");
}

TEST(ProgressLines, EscapeWhatRuns) {
  json now = counted(1, 1);
  now["running"] = {"copy public.\033[2J"};
  EXPECT_EQ(progress_lines(after({now}), 79, kAscii).back(), "             copy public.\\x1b[2J");
}

TEST(ProgressLine, TellsTheSameForALog) {
  EXPECT_EQ(
      progress_line(half_way(), kAscii),
      "0:31  Copying 42 %, 470 MB of ~1.00 GB, 94.0 MB/s, tables 31/64, indexes 12/118, 0:42 left; copy "
      "public.orders 2/4, index public.orders_pkey, read back public.customers");
}

}  // namespace
}  // namespace pghaul::command

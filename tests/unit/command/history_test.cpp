#include "pghaul/history.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace pghaul::command {
namespace {

using nlohmann::json;

constexpr Style kPlain{.terminal = false, .unicode = false, .color = false};

json report_of(const std::string& status, double seconds = 16.7) {
  return {
      {"status", status},
      {"started", "2026-11-22T15:00:00Z"},
      {"seconds", seconds},
      {"pghaul", "0.1.0"},
      {"source", {{"description", "shop on db1:5432"}, {"bytes", 500'000'000}, {"server_version", "15.20"}}},
      {"target", {{"description", "shop on db2:5432"}, {"bytes", 0}, {"server_version", "17.12"}}},
      {"downtime", {{"seconds", seconds}, {"predicted_seconds", 12.5}}},
      {"tables", {{{"rows", 10}}, {{"rows", 20}}}},
      {"findings", json::array()},
      {"resources", {{"jobs", 4}}}};
}

class PastCopies : public testing::Test {
 protected:
  PastCopies()
      : folder_(std::filesystem::temp_directory_path() /
                ("pghaul-history-" + std::to_string(getpid()) + "/deep/pghaul")),
        history_(folder_) {}
  ~PastCopies() override { std::filesystem::remove_all(folder_.parent_path().parent_path()); }

  [[nodiscard]] std::string file() const { return folder_ / "history.jsonl"; }

  std::filesystem::path folder_;
  History history_;
};

TEST_F(PastCopies, AreNoneBeforeTheFirst) {
  EXPECT_TRUE(history_.read().empty());
  EXPECT_EQ(history_text({}, kPlain), "no copies yet\n");
}

TEST_F(PastCopies, AreKeptWithForecastAndOutcome) {
  ASSERT_TRUE(history_.add(report_of("verified")));
  ASSERT_TRUE(history_.add(report_of("incomplete", 3)));
  const auto copies = history_.read();
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[0].id, "c001");
  EXPECT_EQ(copies[0].status, "verified");
  EXPECT_DOUBLE_EQ(copies[0].seconds, 16.7);
  EXPECT_DOUBLE_EQ(copies[0].predicted_seconds, 12.5);
  EXPECT_DOUBLE_EQ(copies[0].rows, 30);
  EXPECT_EQ(copies[0].jobs, 4);
  EXPECT_EQ(copies[1].id, "c002");
  EXPECT_EQ(copies[1].status, "incomplete");
  struct stat status {};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

/// One of a part foretells no copy of the whole: measure::PastCopy takes only the kind "rehearsal" for that.
TEST_F(PastCopies, TellRehearsalsOfAPartFromThoseOfTheWhole) {
  json report = report_of("verified");
  report["rehearsal"] = true;
  report["settings"] = {{"jobs", "2"}, {"no-owner", "true"}};
  ASSERT_TRUE(history_.add(report));
  report["settings"]["schema"] = "app";
  ASSERT_TRUE(history_.add(report));
  const auto copies = history_.read();
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[0].kind, "rehearsal");
  EXPECT_EQ(copies[1].kind, "rehearsal of a part");
  EXPECT_NE(history_text(copies, kPlain).find("Rehearsal of a part: Completed, verified"), std::string::npos);
}

TEST_F(PastCopies, AreNotThoseThatNeverBegan) {
  ASSERT_TRUE(history_.add(report_of("refused")));
  json unreached = report_of("failed");
  unreached.erase("target");
  ASSERT_TRUE(history_.add(unreached));
  EXPECT_TRUE(history_.read().empty());
  EXPECT_TRUE(History("").add(report_of("verified")));
}

TEST_F(PastCopies, OutliveDamage) {
  ASSERT_TRUE(history_.add(report_of("verified")));
  std::ofstream(file(), std::ios::app) << "{\"id\":3}\n[]\nnonsense\n{\"id\":\"c0";  // killed while writing
  ASSERT_TRUE(history_.add(report_of("mismatch")));
  const auto copies = history_.read();
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[1].id, "c002");
  EXPECT_EQ(copies[1].status, "mismatch");
}

TEST_F(PastCopies, HaveIdsOfTheirOwnWhenSeveralEndAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int copy = 0; copy < 5; ++copy) EXPECT_TRUE(history_.add(report_of("verified")));
    });
  }
  threads.clear();
  std::set<std::string> ids;
  for (const PastCopy& copy : history_.read()) ids.insert(copy.id);
  EXPECT_EQ(ids.size(), 40U);
  EXPECT_EQ(*ids.rbegin(), "c040");
}

TEST_F(PastCopies, AreForgottenWhenThereAreHundreds) {
  std::filesystem::create_directories(folder_);
  {
    std::ofstream lines(file());
    for (int i = 1; i <= 600; ++i) {
      PastCopy copy;
      copy.id = "c" + std::to_string(1000 + i);
      lines << as_json(copy).dump() << "\n";
    }
  }
  ASSERT_TRUE(history_.add(report_of("verified")));
  const auto copies = history_.read();
  EXPECT_EQ(copies.size(), 500U);
  EXPECT_EQ(copies.back().id, "c1601");
  EXPECT_TRUE(
      history_text(copies, kPlain).ends_with("  and 480 earlier ones: pghaul history --json lists all\n"));
}

TEST_F(PastCopies, AreListedWithTheLatestFirst) {
  json warned = report_of("verified", 9);
  warned["findings"] = {{{"severity", "warning"}}, {{"severity", "warning"}}};
  warned["partial"] = true;
  for (const json& report : {report_of("verified"), report_of("incomplete", 3), warned}) {
    ASSERT_TRUE(history_.add(report));
  }
  EXPECT_EQ(history_text(history_.read(), kPlain),
            "  id    started (UTC)     state                                took    size  per GB\n"
            "  c003  2026-11-22 15:00  Finished with 2 warnings, partial   9.0 s  500 MB  18.0 s\n"
            "        shop on db1:5432 to shop on db2:5432\n"
            "  c002  2026-11-22 15:00  Failed half-way                     3.0 s  500 MB       -\n"
            "        shop on db1:5432 to shop on db2:5432\n"
            "  c001  2026-11-22 15:00  Completed, verified                16.7 s  500 MB  33.4 s\n"
            "        shop on db1:5432 to shop on db2:5432\n");
}

}  // namespace
}  // namespace pghaul::command

#include "pghaul/metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "pghaul/metrics_file.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

const json kStarted = {{"event", "started"}, {"verb", "copy"}, {"pghaul", "1.2"}, {"elapsed", 0}};
const json kJob = {{"event", "job"}, {"source", "a \"b\"\n\\"}, {"target", "new"}, {"elapsed", 1.5}};
const json kProgress = {{"event", "progress"}, {"elapsed", 2},          {"bytes", 1'000'000'000'000},
                        {"rows", 12},          {"running", {"a", "b"}}, {"remaining_seconds", 4.5},
                        {"tables_done", 1},    {"tables_total", 3}};
const json kFinished = {{"event", "finished"}, {"status", "verified"}, {"partial", true}, {"elapsed", 9}};

std::string after(const std::vector<json>& events) {
  Metrics metrics;
  for (const json& event : events) metrics.take(event);
  return metrics.text();
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, TellWhatEventsTell) {
  const std::string text = after({kStarted,
                                  kJob,
                                  {{"event", "phase"}, {"phase", "copy"}, {"state", "started"}},
                                  {{"event", "retry"}},
                                  kProgress});
  for (const char* line :
       {"pghaul_info{verb=\"copy\",version=\"1.2\",source=\"a \\\"b\\\"\\n\\\\\",target=\"new\"} 1",
        "pghaul_elapsed_seconds 2", "pghaul_bytes 1000000000000", "pghaul_rows 12", "pghaul_tables_done 1",
        "pghaul_tables 3", "pghaul_workers_busy 2", "pghaul_remaining_seconds 4.5", "pghaul_retries 1",
        "pghaul_phase{phase=\"copy\"} 1", "pghaul_finished 0"}) {
    EXPECT_TRUE(has_line(text, line)) << line << " in " << text;
  }
  EXPECT_EQ(text.find("pghaul_result"), std::string::npos);
}

TEST(Metrics, TellTheEnd) {
  Metrics metrics;
  for (const json& event : {kStarted, kProgress, kFinished}) metrics.take(event);
  metrics.set_exit_status(9);
  const std::string text = metrics.text();
  for (const char* line : {"pghaul_finished 1", "pghaul_result{status=\"verified\"} 1", "pghaul_partial 1",
                           "pghaul_exit_status 9", "pghaul_workers_busy 0"}) {
    EXPECT_TRUE(has_line(text, line)) << line << " in " << text;
  }
  EXPECT_EQ(text.find("pghaul_remaining_seconds"), std::string::npos);
}

TEST(Metrics, HaveOneHelpAndOneTypeEach) {
  std::istringstream lines(after({kStarted, kJob, kProgress, kFinished}));
  std::vector<std::string> described;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) described.push_back(line.substr(7, line.find(' ', 7) - 7));
    if (!line.starts_with('#')) {
      EXPECT_EQ(line.substr(0, line.find_first_of(" {")), described.back());
    }
  }
  const std::set<std::string> names(described.begin(), described.end());
  EXPECT_EQ(names.size(), described.size());
}

TEST(MetricsFile, IsReplacedAtTheBeginningAndAtTheEnd) {
  const std::string path = testing::TempDir() + "pghaul_metrics.prom";
  const auto contents = [&] {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  };
  MetricsFile file(path);
  ASSERT_TRUE(file.take(kStarted));
  EXPECT_TRUE(has_line(contents(), "pghaul_finished 0")) << contents();
  ASSERT_TRUE(file.take(kFinished));
  ASSERT_TRUE(file.finish(0));
  EXPECT_TRUE(has_line(contents(), "pghaul_exit_status 0")) << contents();
}

TEST(MetricsFile, SaysOnceThatItCannotBeWritten) {
  MetricsFile file(testing::TempDir() + "no_such_folder/metrics");
  EXPECT_FALSE(file.take(kStarted));
  EXPECT_TRUE(file.take(kFinished));
  EXPECT_FALSE(file.finish(0));
}

}  // namespace
}  // namespace pghaul::command

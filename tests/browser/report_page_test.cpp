#include "pghaul/report_page.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "support/browser.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul {
namespace {

using nlohmann::json;
using support::Database;
using support::ProcessResult;

// Texts that a page must show as they are, and never act upon.
const std::vector<std::string> kHostile{
    "<img src=x onerror=\"document.title='owned'\">",
    "</script><script>document.title='owned'</script>",
    "<!-- <script>",
    "a\"b'c`d${document.title='owned'}&amp;\\",
    "line\u2028end",
};

/// Pages in a folder of the test's own, shown by a browser.
class ReportPage : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = support::browser();
    if (!found) {
      GTEST_SKIP() << "no browser here: install chromium-headless-shell, or set PGHAUL_BROWSER to a chromium";
    }
    browser_ = *found;
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("pghaul-page-" + std::to_string(getpid()) + "-" + test->name());
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] std::string page() const { return folder_ / "run.html"; }
  [[nodiscard]] std::string shown() const { return support::document_of(browser_, page()); }
  /// Returns the page of a report that is not a copy's own; `script` runs after the page's.
  [[nodiscard]] std::string shown(const json& report, const std::string& script = {}) const {
    std::string text = command::report_page(report.dump());
    if (!script.empty()) {
      const std::string element = "<script nonce=\"pghaul\">" + script + "</script>";
      text.insert(text.rfind("</body>"), element);
    }
    std::ofstream(page()) << text;
    return shown();
  }

  std::string browser_;
  std::filesystem::path folder_;
};

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// The document without the data that the page is made from.
std::string without_data(const std::string& document) {
  const std::size_t from = document.find("<script type=\"application/json\"");
  const std::size_t to = document.find("</script>", from);
  return document.substr(0, from) + document.substr(to + 9, document.find("<script nonce") - to - 9);
}

std::string as_markup(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

void expect_inert(const std::string& document) {
  EXPECT_EQ(times(document, "<script"), 2U);
  const std::string visible = without_data(document);
  EXPECT_EQ(visible.find("<title>owned"), std::string::npos);
  EXPECT_EQ(visible.find("<img"), std::string::npos);
}

json report_of(const std::string& status) {
  return {{"pghaul", "0.1.0"},
          {"format", 1},
          {"verb", "copy"},
          {"status", status},
          {"started", "2026-11-22T15:00:00Z"},
          {"seconds", 12.5},
          {"source",
           {{"database", "shop"},
            {"description", "shop on db1:5432"},
            {"server_version", "15.20"},
            {"bytes", 512345678}}},
          {"target",
           {{"database", "shop"},
            {"description", "shop on db2:5432"},
            {"server_version", "17.12"},
            {"bytes", 0}}},
          {"downtime", {{"seconds", 12.5}, {"seconds_per_gb", 24.4}, {"predicted_seconds", 10.0}}},
          {"tables", json::array()},
          {"indexes", json::array()},
          {"left_out", json::array()},
          {"findings", json::array()}};
}

json table_of(const std::string& name, double seconds) {
  return {{"schema", "public"}, {"name", name}, {"rows", 1000}, {"bytes", 123456}, {"seconds", seconds},
          {"format", "binary"}, {"reason", ""}, {"chunks", 1},  {"digest", ""},    {"verified", true}};
}

TEST_F(ReportPage, TellsWhatACopyCameTo) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  source.psql(
      "create table orders (id bigint primary key, item text);"
      "insert into orders select i, 'item ' || i from generate_series(1, 50000) i;"
      "create table \"<img src=x onerror=document.title='owned'>\" (\"</script>\" int primary key)");
  const ProcessResult copied =
      support::run_command({PGHAUL_COMMAND, "copy", "--report", page(), source.uri(), target.uri()});
  ASSERT_EQ(copied.exit_status, 0) << copied.err;

  const std::string document = shown();
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected :
       {"copied, and every row verified", ">Downtime</h2>", ">What to do next</h2>",
        ">What the workers did</h2>", ">Tables</h2>", ">Indexes</h2>", ">What was left out</h2>",
        ">Verification</h2>", ">Settings and versions</h2>", ">public.orders<", ">50,000<",
        "public.&lt;img src=x onerror=document.title='owned'&gt;", "No difference was found.", "worker 1"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
}

TEST_F(ReportPage, SaysThatAFailedCopyIsNone) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  source.psql(
      "create function gate() returns boolean language plpgsql as $$begin"
      " if current_database() = '" +
      target.name() +
      "' then raise 'the <b>gate</b> is closed'; end if;"
      " return true; end$$;"
      "create table orders (id bigint); insert into orders values (1);"
      "alter table orders add check (public.gate())");
  const ProcessResult failed =
      support::run_command({PGHAUL_COMMAND, "copy", "--report", page(), source.uri(), target.uri()});
  ASSERT_EQ(failed.exit_status, 5) << failed.err;

  const std::string document = shown();
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected : {"it stopped half-way, and the target is not a copy", ">What went wrong</h2>",
                               "the &lt;b&gt;gate&lt;/b&gt; is closed", "Don't use the target"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
}

TEST_F(ReportPage, ShowsHostileNamesAsTheyAre) {
  json report = report_of("mismatch");
  report["error"] = {
      {"code", 8}, {"name", "mismatch"}, {"message", ""}, {"hint", kHostile[0]}, {"sqlstate", ""}};
  report["verification"] = {{"mode", "checksums"}, {"tables", 5}, {"rows", 5}, {"mismatches", json::array()}};
  report["verification"]["different_rows"] = json::array();
  report["sync"] = {{"planned", false},
                    {"by_record", true},
                    {"unchanged", 3},
                    {"tables", json::array()},
                    {"in_full", json::array()}};
  report["timeline"] = json::array();
  report["settings"] = json::object();
  for (const std::string& hostile : kHostile) {
    report["tables"].push_back(table_of(hostile, 1));
    report["tables"].back()["reason"] = hostile;
    report["indexes"].push_back(
        {{"schema", hostile}, {"name", hostile}, {"table", hostile}, {"bytes", 1}, {"seconds", 1}});
    report["left_out"].push_back({{"object", hostile}, {"reason", hostile}});
    report["findings"].push_back({{"severity", "warning"},
                                  {"code", "x"},
                                  {"object", hostile},
                                  {"message", hostile},
                                  {"hint", hostile}});
    report["verification"]["mismatches"].push_back({{"object", hostile}, {"message", hostile}});
    report["verification"]["different_rows"].push_back(
        {{"object", hostile},
         {"rows",
          {{{"kind", "changed"},
            {"key", {{"id", hostile}}},
            {"columns", {{"v", {{"source", hostile}, {"target", nullptr}}}}}}}}});
    report["sync"]["tables"].push_back(
        {{"object", hostile}, {"inserted", 1}, {"updated", 2}, {"deleted", 3}, {"bytes", 4}});
    report["sync"]["in_full"].push_back({{"object", hostile}, {"message", hostile}});
    report["timeline"].push_back(
        {{"worker", 0}, {"phase", hostile}, {"what", hostile}, {"start", 0}, {"seconds", 1}});
    report["settings"][hostile] = hostile;
    report["error"]["message"] = report["error"]["message"].get<std::string>() + hostile + "\n";
  }
  report["source"]["description"] = kHostile[1];
  report["source"]["server_version"] = kHostile[0];
  report["status"] = "mismatch";

  const std::string document = shown(report);
  expect_inert(document);
  const std::string visible = without_data(document);
  for (std::size_t i = 0; i + 1 < kHostile.size(); ++i) {
    EXPECT_GE(times(visible, as_markup(kHostile[i])), 14U) << kHostile[i];
  }
  EXPECT_NE(visible.find("line\\u2028end"), std::string::npos);
}

TEST_F(ReportPage, HoldsTenThousandTables) {
  json report = report_of("verified");
  for (int i = 0; i < 10'000; ++i) report["tables"].push_back(table_of("t" + std::to_string(i), i));

  const std::string first = without_data(shown(report));
  EXPECT_NE(first.find("1–15 of 10,000"), std::string::npos);
  EXPECT_NE(first.find(">public.t9999<"), std::string::npos) << "the costliest come first";
  EXPECT_EQ(times(first, ">public.t"), 15U);

  const std::string next =
      without_data(shown(report, "document.querySelector('[aria-label=\"Next page\"]').click()"));
  EXPECT_NE(next.find("16–30 of 10,000"), std::string::npos);
  EXPECT_NE(next.find(">public.t9984<"), std::string::npos);

  const std::string found =
      without_data(shown(report,
                         "const find = document.querySelector('input[type=search]'); find.value = 'T4321';"
                         "find.dispatchEvent(new Event('input'))"));
  EXPECT_NE(found.find("1–1 of 1"), std::string::npos);
  EXPECT_NE(found.find(">public.t4321<"), std::string::npos);
}

TEST_F(ReportPage, SortsByWhatIsClicked) {
  json report = report_of("verified");
  report["tables"] = {table_of("b", 1), table_of("a", 2), table_of("c", 3)};
  const std::string document = without_data(shown(report, "document.querySelector('th button').click()"));
  EXPECT_NE(document.find("aria-sort=\"ascending\""), std::string::npos);
  EXPECT_LT(document.find(">public.a<"), document.find(">public.b<"));
  EXPECT_LT(document.find(">public.b<"), document.find(">public.c<"));
}

TEST_F(ReportPage, ShowsAPlanAndARefusal) {
  json plan = report_of("planned");
  plan["verb"] = "plan";
  plan.erase("downtime");
  plan["predicted_seconds"] = 42;
  plan["indexes"] = 7;
  plan["jobs"] = 4;
  plan["tables"].push_back(table_of("orders", 1));
  const std::string planned = without_data(shown(plan));
  EXPECT_NE(planned.find("what a copy would do"), std::string::npos);
  EXPECT_NE(planned.find("42.0 s"), std::string::npos);

  json report = report_of("refused");
  report["findings"] = {{{"severity", "refusal"},
                         {"code", "target_not_empty"},
                         {"object", ""},
                         {"message", "the target is not empty"},
                         {"hint", "to remove all: --confirm shop"}}};
  const std::string refused = without_data(shown(report));
  EXPECT_NE(refused.find("nothing was touched"), std::string::npos);
  EXPECT_NE(refused.find("To remove all: --confirm shop"), std::string::npos);
}

TEST_F(ReportPage, ShowsAnEstimate) {
  json report = report_of("estimated");
  report["verb"] = "estimate";
  report.erase("downtime");
  report["estimate"] = {
      {"seconds", 300},
      {"low", 250},
      {"high", 360},
      {"jobs", 2},
      {"growth", 1.3},
      {"disk_bytes", 512345678},
      {"hosted_rule_seconds", 92},
      {"measured", true},
      {"sampled_tables", 7},
      {"measuring_seconds", 6},
      {"window",
       {{"seconds", 3600}, {"fits", true}, {"likely", true}, {"margin", 3300}, {"safe_margin", 3240}}},
      {"sync",
       {{"seconds", 12},
        {"low", 8},
        {"high", 20},
        {"by_record", true},
        {"rows", 123456},
        {"changed", 2},
        {"unchanged", 5},
        {"in_full", 0},
        {"tables", {{{"object", kHostile[2]}, {"rows", 1000}, {"written", 10}, {"sampled", true}}}},
        {"window",
         {{"seconds", 10}, {"fits", false}, {"likely", false}, {"margin", -2}, {"safe_margin", -10}}}}},
      {"phases", {{{"name", "data"}, {"start", 0}, {"seconds", 200}}}},
      {"milestones", {{{"name", "data"}, {"seconds", 200}}, {{"name", "verified"}, {"seconds", 300}}}},
      {"critical",
       {{{"phase", "data"}, {"what", kHostile[0]}, {"start", 0}, {"seconds", 200}},
        {{"phase", "indexes"}, {"what", "public.orders_pkey"}, {"start", 200}, {"seconds", 100}}}},
      {"variants", {{{"what", "more cores"}, {"seconds", 180}, {"measured", false}}}},
      {"by_jobs", {{{"jobs", 4}, {"seconds", 200}}}},
      {"notes", {kHostile[1]}}};
  const std::string document = shown(report);
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected :
       {"Does not fit into 10.0 s", ">Predicted downtime</h2>", "8 times in 10 between 4 min 10 s and 6 min 00 s",
        ">Yes:</b>", ">Copied ahead, then brought up to date</h2>", ">No:</b>", "123,456",
        ">What would stand when</h2>", ">What would happen when</h2>", ">What decides it</h2>",
        ">public.orders_pkey<", ">What would make it shorter</h2>", "by a rule of thumb, not simulated",
        ">By number of workers</h2>", "4 workers", ">What it rests on</h2>", "7 kinds of tables in 6.00 s"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
}

TEST_F(ReportPage, SaysWhatAnEarlierRunHadDone) {
  json report = report_of("verified");
  report["resumed"] = {{"started", "2026-11-22T14:00:00Z"},
                       {"run", 2},
                       {"tasks_done", 30},
                       {"tasks_total", 120},
                       {"rows", 123456},
                       {"bytes", 5'000'000}};
  report["milestones"] = {{{"name", "data"}, {"seconds", 5}}, {{"name", "verified"}, {"seconds", 12.5}}};
  const std::string visible = without_data(shown(report));
  for (const char* expected : {">Resumed</h2>", "22 Nov 2026, 14:00 UTC", "second",
                               "30 of 120 pieces of work, with 123,456 rows, 5.00 MB",
                               ">Time of this run</h2>", ">What stood when</h2>"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
  EXPECT_EQ(visible.find("3 minutes per GB"), std::string::npos) << "of the whole, not of its end";
}

TEST_F(ReportPage, ListsTheDatabasesOfAServer) {
  json report = report_of("incomplete");
  report["error"] = {{"code", 8},
                     {"name", "refused"},
                     {"message", "1 of 2 databases was not copied"},
                     {"hint", ""},
                     {"sqlstate", ""}};
  json whole = report_of("verified");
  whole["source"]["bytes"] = 400'000'000;
  whole["tables"] = {table_of("orders", 1), table_of("items", 2)};
  json refused = report_of("refused");
  refused["source"]["bytes"] = 100'000'000;
  refused["seconds"] = 0.5;
  refused["error"] = {{"code", 3},
                      {"name", "refused"},
                      {"message", "the target database " + kHostile[0] + " is not empty"},
                      {"hint", "--confirm it"},
                      {"sqlstate", ""}};
  report["databases"] = {{{"name", "shop"}, {"exit_status", 0}, {"report", whole}},
                         {{"name", kHostile[0]}, {"exit_status", 3}, {"report", refused}}};
  const std::string document = shown(report);
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected :
       {">All databases<", ">Databases</h2>", "2 databases, in the order in which they began", ">shop<",
        ">Verified<", ">Refused<", ">400 MB<", ">12.5 s<", "2 of 2 tables", "is not empty", "--confirm it",
        "1 of 2 databases"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
  EXPECT_NE(visible.find(as_markup(kHostile[0])), std::string::npos);
}

TEST_F(ReportPage, SaysWhatWasGivenUp) {
  json report = report_of("abandoned");
  report["verb"] = "abandon";
  report.erase("source");
  report.erase("downtime");
  report["abandoned"] = {{"source", "shop on db1:5432"},
                         {"started", "2026-11-22T14:00:00Z"},
                         {"runs", 3},
                         {"tasks_done", 30},
                         {"left", {{{"kind", "table"}, {"count", 12}}}}};
  const std::string visible = without_data(shown(report));
  for (const char* expected : {"Given up", ">What was given up</h2>", "shop on db1:5432", "12 tables"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
}

json live_of(const std::string& state) {
  json live = {{"state", state},
               {"source", "shop on db1:5432"},
               {"position", "16/B374D848"},
               {"source_position", "16/B374D900"},
               {"lag_seconds", 0.2},
               {"lag_bytes", 184},
               {"pending_transactions", 1},
               {"transactions", 50},
               {"changes", 1'200},
               {"changes_per_second", 40},
               {"slot_holds_bytes", 48'000'000}};
  for (int i = 0; i < 100; ++i) {
    live["samples"].push_back({{"at", 2.0 + i / 10.0},
                               {"lag_seconds", i == 50 ? 7.25 : 0.25},
                               {"changes_per_second", i == 60 ? 1'777 : 40}});
  }
  live["rounds"] = {{{"at", 4}, {"seconds", 0.5}, {"keys", 700}, {"different", 1}},
                    {{"at", 9}, {"seconds", 0.25}, {"keys", 500}, {"different", 0}}};
  return live;
}

json live_report(const std::string& state, const std::string& status) {
  json report = report_of(status);
  report.erase("downtime");
  report["error"] = {{"code", 9}, {"name", "interrupted"}, {"message", "the reason"}, {"hint", "a hint"}};
  report["live"] = live_of(state);
  return report;
}

TEST_F(ReportPage, ShowsHowALiveCopyWent) {
  const std::string visible = without_data(shown(live_report("stopped", "interrupted")));
  for (const char* expected :
       {"the target does not follow any more", ">Live copy</h2>", ">Seconds of lag<", ">Changes a second<",
        "The target was 0.25 s behind in the median, at most 7.25 s", "up to 1,777 changes a second came",
        "1,200 changes in 50 transactions",
        "2, of 1,200 changed rows; the longest took 0.50 s; in the last one all were equal",
        "Round of 700 rows, 0.50 s: 1 table with differences", "48.0 MB of WAL on the source",
        "16/B374D848 of 16/B374D900", "pghaul copy --follow --resume SOURCE TARGET",
        "pghaul abandon SOURCE TARGET"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
  EXPECT_EQ(times(visible, "class=\"edge\""), 2U) << "two pictures";
  for (const char* wrong : {"don't use the target", "What went wrong", "Time until it ended"}) {
    EXPECT_EQ(visible.find(wrong), std::string::npos) << wrong;
  }
}

TEST_F(ReportPage, ShowsTheStepsOfASwitchover) {
  json report = report_of("switched");
  report["verb"] = "switchover";
  report.erase("downtime");
  const auto step = [](const char* name, int attempt, double at, double seconds) {
    json one = {{"step", name}, {"at", at}, {"seconds", seconds}};
    if (attempt > 0) one["attempt"] = attempt;
    return one;
  };
  json failed = step("hold", 1, 1.5, 0.05);
  failed["failure"] = std::string("the tables could not be locked ") + kHostile[0];
  report["switchover"] = {
      {"state", "switched"},
      {"attempts", 2},
      {"proved", true},
      {"hold_seconds", 0.42},
      {"steps",
       {step("ready", 0, 0.1, 1.2), failed, step("hold", 2, 2.0, 0.03), step("decide", 2, 2.3, 0.12)}},
      {"carried",
       {{{"object", "table public.cache"},
         {"reason", "it is unlogged"},
         {"forecast_seconds", 0.2},
         {"seconds", 0.1}}}}};
  const std::string document = shown(report);
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected :
       {"Switched over", "the application goes on with the target", ">Steps of the switchover</h2>",
        "Writers waited for 0.42 s, in attempt 2.", ">ready<", ">hold, given up<", ">hold, attempt 2<",
        ">decide, attempt 2<", "&lt;img src=x", "it is unlogged; copied in 0.10 s, forecast 0.20 s",
        "every row was compared with the source after its last change"}) {
    EXPECT_NE(visible.find(expected), std::string::npos)
        << expected << visible.substr(visible.find("Steps of"), 3000);
  }
}

/// The words of a copy would be wrong: the application is on the target, and the source is no way back as it
/// stands.
TEST_F(ReportPage, TellsOfADifferenceWhereTheApplicationIsAfterASwitchover) {
  json report = report_of("mismatch");
  report["verb"] = "switchover";
  report.erase("downtime");
  report["verification"] = {{"mode", "checksums"}, {"tables", 5}, {"rows", 5}};
  report["verification"]["mismatches"] = {{{"object", "public.orders"}, {"message", "the rows differ"}}};
  report["switchover"] = {{"state", "switched"}, {"attempts", 1}, {"steps", json::array()}};
  const std::string decided = without_data(shown(report));
  for (const char* expected : {"switched over, but source and target differed", "public.orders",
                               "The application writes to the target already", "pghaul switchover --back"}) {
    EXPECT_NE(decided.find(expected), std::string::npos) << expected;
  }
  EXPECT_EQ(decided.find("Don&#39;t let the application"), std::string::npos);
  EXPECT_EQ(decided.find("Don't let the application"), std::string::npos);
  report["switchover"]["state"] = "open";  // by --prove-first
  const std::string open = without_data(shown(report));
  EXPECT_NE(open.find("nothing was decided, and the source is open"), std::string::npos);
  EXPECT_EQ(open.find("The application writes to the target already"), std::string::npos);
}

TEST_F(ReportPage, SaysWhatBrokeALiveCopy) {
  json report = live_report("broken", "mismatch");
  report["live"]["why"] = kHostile[0];
  const std::string document = shown(report);
  expect_inert(document);
  const std::string visible = without_data(document);
  for (const char* expected : {"an error stopped the live copy", "What went wrong", "the reason",
                               "When the cause is removed", "&lt;img src=x"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
}

TEST_F(ReportPage, ShowsTheStatusOfALiveCopyWithoutPictures) {
  json report = live_report("copying", "shown");
  report["verb"] = "status";
  report.erase("source");
  report.erase("error");
  report["live"].erase("samples");
  const std::string visible = without_data(shown(report));
  for (const char* expected : {">Live copy</h2>", "its rows are being copied", "shop on db1:5432"}) {
    EXPECT_NE(visible.find(expected), std::string::npos) << expected;
  }
  for (const char* wrong : {"Seconds of lag", "16/B374D848", "not reached"}) {
    EXPECT_EQ(visible.find(wrong), std::string::npos) << wrong;
  }
}

}  // namespace
}  // namespace pghaul

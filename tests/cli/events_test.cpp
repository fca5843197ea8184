#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul {
namespace {

using nlohmann::json;
using support::Database;
using support::ProcessResult;

/// A member of docs/events.md's description of one kind of event.
struct Member {
  std::string type;
  bool optional = false;
};
using Members = std::map<std::string, Member>;

/// Returns the words in `backquotes`.
std::vector<std::string> quoted_in(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t from = text.find('`'); from != std::string::npos; from = text.find('`', from + 1)) {
    const std::size_t to = text.find('`', from + 1);
    if (to == std::string::npos) break;
    all.push_back(text.substr(from + 1, to - from - 1));
    from = to;
  }
  return all;
}

/// The lists of docs/events.md by their headings: "All events" and the kinds.
std::map<std::string, Members> documented() {
  std::ifstream lines(PGHAUL_ROOT "/docs/events.md");
  std::map<std::string, Members> kinds;
  std::string kind;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      const std::vector<std::string> quoted = quoted_in(line);
      kind = quoted.empty() ? line.substr(3) : quoted.front();
      kinds[kind];
    }
    if (!line.starts_with("- `") || kind.empty()) continue;
    const std::size_t first = line.find(" (");
    std::string type = line.substr(first + 2, line.find(')', first) - first - 2);
    const bool optional = type.ends_with(", optional");
    if (optional) type.resize(type.size() - 10);
    for (const std::string& name : quoted_in(line.substr(0, first))) kinds[kind][name] = {type, optional};
  }
  return kinds;
}

void expect_as_documented(const json& event, const std::map<std::string, Members>& kinds) {
  const std::string kind = event.value("event", "");
  ASSERT_TRUE(kinds.contains(kind)) << event;
  Members members = kinds.at(kind);
  const Members& common = kinds.at("All events");
  members.insert(common.begin(), common.end());
  for (const auto& [name, value] : event.items()) {
    ASSERT_TRUE(members.contains(name)) << name << " is not documented: " << event;
    EXPECT_EQ(std::string(value.is_number() ? "number" : value.type_name()), members.at(name).type) << event;
  }
  for (const auto& [name, member] : members) {
    EXPECT_TRUE(member.optional || event.contains(name)) << name << " is missing: " << event;
  }
}

std::vector<json> events_in(const std::string& text) {
  std::istringstream lines(text);
  std::vector<json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
  return events;
}

std::set<std::string> kinds_of(const std::vector<json>& events) {
  std::set<std::string> kinds;
  for (const json& event : events) kinds.insert(event.at("event").get<std::string>());
  return kinds;
}

class EventsOfARun : public testing::Test {
 protected:
  EventsOfARun() : source_(support::shared_source()), target_(support::shared_target()) {
    source_.psql(
        "create table customers (id bigint primary key, name text);"
        "insert into customers select i, 'customer ' || i from generate_series(1, 200000) i;"
        "create table orders (id bigint primary key, customer bigint references customers);"
        "insert into orders select i, 1 + i % 1000 from generate_series(1, 3000) i;"
        "create index on orders (customer)");
  }
  [[nodiscard]] std::vector<json> events(const std::string& verb, int status = 0) const {
    const ProcessResult done =
        support::run_command({PGHAUL_COMMAND, verb, "--events", "-", source_.uri(), target_.uri()});
    EXPECT_EQ(done.exit_status, status) << done.err;
    return events_in(done.out);
  }

  Database source_;
  Database target_;
};

TEST_F(EventsOfARun, AreAsDocumented) {
  const auto kinds = documented();
  ASSERT_GE(kinds.size(), 14U);
  std::vector<json> all = events("copy");
  for (const json& event : events("verify")) all.push_back(event);
  for (const json& event : events("plan", 3)) all.push_back(event);
  for (const json& event : events("copy", 3)) all.push_back(event);  // the target isn't empty any more
  for (const json& event : all) expect_as_documented(event, kinds);
  // Events of chunk are not required, as the machine may be too fast for any.
  for (const char* kind : {"started", "job", "phase", "progress", "table", "index", "verify", "milestone",
                           "error", "finished"}) {
    EXPECT_TRUE(kinds_of(all).contains(kind)) << kind;
  }
}

TEST_F(EventsOfARun, TellOfEachTableAndIndexFromStartToEnd) {
  std::map<std::string, std::vector<std::string>> told;
  std::vector<std::string> milestones;
  double elapsed = 0;
  for (const json& event : events("copy")) {
    EXPECT_GE(event.at("elapsed").get<double>(), elapsed);
    elapsed = event.at("elapsed");
    const std::string kind = event.at("event");
    if (kind == "table") told[event.at("table")].push_back(event.at("state"));
    if (kind == "index") told[event.at("index")].push_back(event.at("state"));
    if (kind == "verify")
      told[event.at("object")].push_back(event.at("equal").get<bool>() ? "equal" : "different");
    if (kind == "milestone") milestones.push_back(event.at("name"));
    if (kind == "table" && event.at("state") == "finished" && event.at("table") == "public.customers") {
      EXPECT_EQ(event.at("rows"), 200'000);
    }
  }
  const std::vector<std::string> copied{"started", "finished", "equal"};
  EXPECT_EQ(told["public.customers"], copied);
  EXPECT_EQ(told["public.orders"], copied);
  const std::vector<std::string> built{"started", "finished"};
  for (const char* index : {"public.customers_pkey", "public.orders_pkey", "public.orders_customer_idx"}) {
    EXPECT_EQ(told[index], built) << index;
  }
  EXPECT_EQ(std::set(milestones.begin(), milestones.end()),
            (std::set<std::string>{"source read", "data", "keys", "indexes", "constraints", "read back",
                                   "verified"}));
  EXPECT_EQ(milestones.size(), 7U);
}

TEST_F(EventsOfARun, GoToADescriptorThatIsOpenAlready) {
  const ProcessResult done =
      support::run_command({"bash", "-c", "\"$@\" 7>&1 >/dev/null", "bash", PGHAUL_COMMAND, "copy",
                            "--events", "fd:7", source_.uri(), target_.uri()});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const std::vector<json> all = events_in(done.out);
  ASSERT_GE(all.size(), 2U);
  EXPECT_EQ(all.front().at("event"), "started");
  EXPECT_EQ(all.back().at("event"), "finished");

  const ProcessResult wrong = support::run_command(
      {PGHAUL_COMMAND, "copy", "--events", "fd:77", "host=/nowhere dbname=a", "host=/nowhere dbname=b"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_NE(wrong.err.find("cannot write events to 'fd:77'"), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace pghaul

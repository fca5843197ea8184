// The words of pghaul.h agree with the engine and the command.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "discovery/options.h"
#include "job/exit_status.h"
#include "pghaul/manual.h"

namespace pghaul {
namespace {

using Table = std::map<std::string, std::set<std::string>>;  // the verbs of each option

std::string header() {
  std::ifstream file(std::string(PGHAUL_ROOT) + "/engine/include/pghaul/pghaul.h");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// " * option    copy verify …" and a line with an x or a - for each verb.
Table table_of_the_header() {
  Table table;
  std::istringstream lines(header());
  std::vector<std::string> verbs;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string star;
    std::string option;
    words >> star >> option;
    const std::vector<std::string> marks{std::istream_iterator<std::string>(words), {}};
    if (option == "option" && marks.size() > 1 && marks.front() == "copy") {
      verbs = marks;
    } else if (verbs.empty() || marks.size() != verbs.size()) {
      verbs.clear();
    } else {
      for (std::size_t i = 0; i < verbs.size(); ++i) {
        if (marks[i] == "x") table[option].insert(verbs[i]);
      }
    }
  }
  return table;
}

bool knows(const std::string& option) {
  const Status set = discovery::Options{}.set(option, "");
  return set || set.error().message.find("there is no option") == std::string::npos;
}

/// Returns the command's options that are the engine's.
Table table_of_the_command() {
  Table table;
  for (const command::VerbManual& verb : command::manual()) {
    for (const command::VerbManual::Group& group : verb.groups) {
      for (const command::VerbManual::Option& option : group.options) {
        if (option.names.empty()) table[option.value == "SOURCE" ? "source" : "target"].insert(verb.name);
        for (const std::string& name : option.names) {
          if (name.starts_with("--") && knows(name.substr(2))) table[name.substr(2)].insert(verb.name);
        }
      }
    }
  }
  table["compare-jobs"] = {"estimate"};          // --jobs 1,2,4
  table["past"] = {"copy", "estimate", "plan"};  // the history
  table["source-password"] = table["source"];    // asked for on a terminal
  table["target-password"] = table["target"];
  return table;
}

TEST(Header, SaysWhichVerbTakesWhichOption) {
  EXPECT_EQ(table_of_the_header(), table_of_the_command());
}

TEST(Header, DescribesEachOption) {
  const std::string text = header();
  const std::string described = text.substr(0, text.find("Which verbs an option is meant for"));
  for (const auto& [option, verbs] : table_of_the_header())
    EXPECT_TRUE(std::regex_search(described, std::regex(R"(\n \* ([a-z-]+, )*)" + option + R"([ ,\n])")))
        << option;
}

TEST(Header, NamesTheExitStatusesOfTheCommand) {
  const std::string text = header();
  const std::regex name(R"(PGHAUL_EXIT_\w+ = (\d+))");
  std::set<int> named;
  for (std::sregex_iterator one(text.begin(), text.end(), name), end; one != end; ++one)
    named.insert(std::stoi((*one)[1]));
  std::set<int> given;
  for (const job::ExitStatus& one : job::exit_statuses()) given.insert(one.status);
  EXPECT_EQ(named, given);
}

}  // namespace
}  // namespace pghaul

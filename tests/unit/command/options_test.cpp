#include "pghaul/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace pghaul::command {
namespace {

using Arguments = std::vector<std::string>;

Options accepted(const Arguments& arguments, const Environment& environment = {}) {
  const auto parsed = parse_command_line(arguments, environment);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  return std::get<Options>(*parsed);
}

UsageError rejected(const Arguments& arguments, const Environment& environment = {}) {
  const auto parsed = parse_command_line(arguments, environment);
  if (parsed) {
    ADD_FAILURE() << "taken for a good command line";
    return {};
  }
  return parsed.error();
}

std::string help(const Arguments& arguments) {
  const auto parsed = parse_command_line(arguments, {});
  return parsed && std::holds_alternative<HelpAsked>(*parsed) ? std::get<HelpAsked>(*parsed).text : "";
}

std::vector<std::string> values_of(const Options& options, const std::string& name) {
  std::vector<std::string> values;
  for (const Setting& setting : options.settings) {
    if (setting.name == name) values.push_back(setting.value);
  }
  return values;
}

TEST(Options, TakeSourceAndTargetInThisOrder) {
  const Options options = accepted({"copy", "service=old", "service=new"});
  EXPECT_EQ(options.verb, Verb::copy);
  EXPECT_EQ(options.settings, (std::vector<Setting>{{"source", "service=old"}, {"target", "service=new"}}));
}

TEST(Options, TakeWhatTheCommandLineLeavesOutFromTheEnvironment) {
  const Options both = accepted({"copy"}, {.source = "a", .target = "b"});
  EXPECT_EQ(both.settings, (std::vector<Setting>{{"source", "a"}, {"target", "b"}}));
  const Options one = accepted({"copy", "c"}, {.source = "a", .target = "b"});
  EXPECT_EQ(one.settings, (std::vector<Setting>{{"source", "c"}, {"target", "b"}}));
}

TEST(Options, SayBothWaysToGiveAnEndThatIsMissing) {
  const UsageError error = rejected({"verify", "a"});
  EXPECT_NE(error.message.find("TARGET"), std::string::npos);
  EXPECT_NE(error.hint.find("pghaul verify SOURCE TARGET"), std::string::npos);
  EXPECT_NE(error.hint.find("PGHAUL_TARGET"), std::string::npos);
}

TEST(Options, LetAPlanDoWithoutTarget) {
  EXPECT_EQ(accepted({"plan", "a"}).settings, (std::vector<Setting>{{"source", "a"}}));
}

TEST(Options, KeepAnEmptyConnectionStringThatWasGiven) {
  EXPECT_EQ(values_of(accepted({"copy", "", "b"}, {.source = "a"}), "source"), Arguments{""});
}

TEST(Options, PassEveryPatternOn) {
  const Options options = accepted({"copy", "-n", "a", "--schema=b", "-N", "c", "-t", "d", "-T", "e",
                                    "--exclude-table", "[fg]", "src", "dst"});
  EXPECT_EQ(values_of(options, "schema"), (Arguments{"a", "b"}));
  EXPECT_EQ(values_of(options, "exclude-schema"), Arguments{"c"});
  EXPECT_EQ(values_of(options, "table"), Arguments{"d"});
  EXPECT_EQ(values_of(options, "exclude-table"), (Arguments{"e", "[fg]"}));
  EXPECT_EQ(values_of(options, "source"), Arguments{"src"});
  EXPECT_EQ(values_of(options, "target"), Arguments{"dst"});
}

TEST(Options, PassSwitchesOnUnderTheirLongName) {
  const Options options = accepted({"copy", "-Ox", "--no-blobs", "a", "b"});
  EXPECT_EQ(values_of(options, "no-owner"), Arguments{"true"});
  EXPECT_EQ(values_of(options, "no-acl"), Arguments{"true"});
  EXPECT_EQ(values_of(options, "no-large-objects"), Arguments{"true"});
  EXPECT_EQ(values_of(accepted({"copy", "-b", "-n", "s", "a", "b"}), "large-objects"), Arguments{"true"});
}

TEST(Options, LetTheLastOfSeveralValuesCount) {
  EXPECT_EQ(values_of(accepted({"copy", "-j4", "--jobs", "8", "a", "b"}), "jobs"), Arguments{"8"});
}

TEST(Options, TakeNamesThatLookLikeOptions) {
  const Options after_dashes = accepted({"copy", "--confirm", "-odd", "--", "-source", "-target"});
  EXPECT_EQ(values_of(after_dashes, "confirm"), Arguments{"-odd"});
  EXPECT_EQ(values_of(after_dashes, "source"), Arguments{"-source"});
  EXPECT_EQ(values_of(after_dashes, "target"), Arguments{"-target"});
}

TEST(Options, TakeDatabasesNamedLikeVerbs) {
  const Options options = accepted({"copy", "plan", "copy"});
  EXPECT_EQ(values_of(options, "source"), Arguments{"plan"});
  EXPECT_EQ(values_of(options, "target"), Arguments{"copy"});
}

TEST(Options, KeepWhatTheCommandDoesItself) {
  const Options options =
      accepted({"verify", "--report", "out/r.json", "--events", "-", "--progress", "plain", "-v", "a", "b"});
  EXPECT_EQ(options.report_file, "out/r.json");
  EXPECT_EQ(options.events_file, "-");
  EXPECT_EQ(options.progress, ProgressStyle::plain);
  EXPECT_TRUE(options.verbose);
  EXPECT_TRUE(accepted({"plan", "--json", "a"}).json);
}

TEST(Options, SuggestTheNearestOption) {
  const UsageError error = rejected({"copy", "--jbos=4", "a", "b"});
  EXPECT_EQ(error.message, "copy has no option --jbos");
  EXPECT_TRUE(error.hint.starts_with("did you mean --jobs?")) << error.hint;
}

TEST(Options, ComplainAboutTheOptionRatherThanItsValue) {
  EXPECT_EQ(rejected({"copy", "--confrim", "shop", "a", "b"}).message, "copy has no option --confrim");
}

TEST(Options, NameTheVerbThatHasTheOption) {
  EXPECT_TRUE(rejected({"copy", "--json", "a", "b"}).hint.starts_with("'pghaul verify' has it"));
}

TEST(Options, SuggestTheNearestVerb) {
  const UsageError error = rejected({"cpoy", "a", "b"});
  EXPECT_EQ(error.message, "there is no verb 'cpoy'");
  EXPECT_TRUE(error.hint.starts_with("did you mean copy?")) << error.hint;
}

TEST(Options, SuggestTheNearestValue) {
  const UsageError error = rejected({"copy", "--verify", "checksum", "a", "b"});
  EXPECT_EQ(error.message,
            "--verify takes none, counts or checksums, not 'checksum'; did you mean checksums?");
}

TEST(Options, TakeNoOtherNumberOfWorkersThanAPositiveOne) {
  for (const char* count : {"0", "-1", "four", "4x", ""}) {
    EXPECT_TRUE(rejected({"copy", "-j", count, "a", "b"}).message.starts_with("--jobs takes a number"))
        << count;
  }
}

TEST(Options, TakeOnlyWhatTheEngineTakesAndSayWhatThatIs) {
  const std::vector<std::array<std::string, 3>> cases{
      {"--jobs", "257", "a number of workers from 1 to 256"},
      {"--stall-after", "0", "a number of seconds, from 1 to a week"},
      {"--retry-for", "5s", "a number of seconds, from 0 to a week"},
      {"--compress", "20", "auto, none, or a level of zstd from 1 to 19"},
      {"--open-after", "rows", "verified, constraints, indexes, keys or data"}};
  for (const auto& [option, value, expected] : cases) {
    EXPECT_EQ(rejected({"copy", option, value, "a", "b"}).message,
              option + " takes " + expected + ", not '" + value + "'");
  }
  EXPECT_EQ(rejected({"estimate", "--window", "1d", "a"}).message,
            "--window takes a time such as 90s, 20m or 1h30m, not '1d'");
  EXPECT_EQ(rejected({"verify", "--verify", "none", "a", "b"}).message,
            "--verify takes counts or checksums, not 'none'");
}

TEST(Options, SayWhichEndingsReportsHave) {
  for (const char* file : {"run.htm", "run", ".json", "out/.html"}) {
    EXPECT_NE(rejected({"copy", "--report", file, "a", "b"}).message.find("end in .json"), std::string::npos)
        << file;
  }
}

TEST(Options, TakeAReportForProgramsOrForPeople) {
  for (const char* file : {"run.json", "out/run.html"}) {
    EXPECT_EQ(accepted({"copy", "--report", file, "a", "b"}).report_file, file);
  }
}

TEST(Options, AskForTheHistoryWithoutAnyDatabase) {
  const Options options = accepted({"history", "--json"}, {.source = "a", .target = "b"});
  EXPECT_EQ(options.verb, Verb::history);
  EXPECT_TRUE(options.json);
  EXPECT_TRUE(options.settings.empty());
  EXPECT_EQ(rejected({"history", "c001"}).message, "one argument too many: 'c001'");
}

TEST(Options, MissAValue) {
  EXPECT_EQ(rejected({"copy", "a", "b", "--confirm"}).message, "--confirm needs a value");
  EXPECT_EQ(rejected({"copy", "--confirm=", "a", "b"}).message, "--confirm has nothing after its '='");
}

TEST(Options, RejectAThirdArgument) {
  EXPECT_EQ(rejected({"copy", "host=db1", "dbname=shop", "b"}).message, "one argument too many: 'b'");
}

TEST(Options, KeepEventsAndJsonApart) {
  EXPECT_TRUE(
      rejected({"plan", "--json", "--events", "-", "a"}).message.starts_with("--json and --events -"));
}

TEST(Options, OfEstimateTakeOneNumberOfWorkersOrSeveral) {
  EXPECT_EQ(values_of(accepted({"estimate", "a", "--jobs", "4"}), "jobs"), (Arguments{"4"}));
  const Options several = accepted({"estimate", "a", "-j", "1,2,8", "--window", "20m", "--grow", "30%"});
  EXPECT_EQ(values_of(several, "compare-jobs"), (Arguments{"1", "2", "8"}));
  EXPECT_TRUE(values_of(several, "jobs").empty());
  EXPECT_EQ(values_of(several, "window"), Arguments{"20m"});
  EXPECT_NE(rejected({"estimate", "a", "--jobs", "1,x"}).message.find("takes a number"), std::string::npos);
}

TEST(Options, AskForAVerb) {
  EXPECT_EQ(rejected({}).message,
            "copy, verify, sync, plan, estimate, status, switchover, finish, abandon or history?");
  EXPECT_EQ(rejected({"--jobs", "4"}).message,
            "the verb comes first: copy, verify, sync, plan, estimate, status, switchover, finish, abandon "
            "or history, not --jobs");
}

TEST(Help, ListsTheVerbs) {
  for (const char* verb : {"copy", "verify", "plan", "estimate", "abandon"})
    EXPECT_NE(help({"--help"}).find(verb), std::string::npos);
}

TEST(Help, OfEachVerbFitsATerminal) {
  for (const char* verb : {"copy", "verify", "plan", "estimate", "abandon"}) {
    const std::string text = help({verb, "--help"});
    EXPECT_TRUE(text.starts_with(std::string("usage: pghaul ") + verb)) << text;
    EXPECT_NE(text.find("Examples:"), std::string::npos);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LT(end - begin, 80u) << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(Help, IsGivenWhateverElseIsMissing) {
  EXPECT_FALSE(help({"copy", "-h"}).empty());
}

TEST(Version, IsAskedForBeforeAnyVerb) {
  const auto parsed = parse_command_line({"--version"}, {});
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(std::holds_alternative<VersionAsked>(*parsed));
}

TEST(Options, TakeAbbreviationsThatMeanOneThing) {
  EXPECT_EQ(accepted({"ver", "a", "b"}).verb, Verb::verify);
  EXPECT_EQ(accepted({"e", "a"}).verb, Verb::estimate);
  EXPECT_EQ(values_of(accepted({"copy", "--exclude-s=x", "--skip-u", "a", "b"}), "exclude-schema"),
            Arguments{"x"});
  EXPECT_EQ(values_of(accepted({"copy", "--confirm", "b", "a", "b"}), "confirm"), Arguments{"b"});
  EXPECT_NE(rejected({"copy", "--exclude-t", "x", "a", "b"}).message.find("--exclude-table or"),
            std::string::npos);
  EXPECT_NE(rejected({"copy", "--resume", "--", "--skip-u", "a", "b"}).message, "");
}

TEST(Options, HelpWithAVerbByTheVerbHelp) {
  EXPECT_EQ(help({"help"}), help({"--help"}));
  EXPECT_EQ(help({"help", "copy"}), help({"copy", "--help"}));
  EXPECT_EQ(help({"help", "ver"}), help({"verify", "-h"}));
  EXPECT_NE(rejected({"help", "cpoy"}).hint.find("did you mean copy"), std::string::npos);
}

TEST(Options, ExplainServersToThoseWhoKnowPsql) {
  for (const Arguments& arguments :
       {Arguments{"copy", "-h", "db1", "shop"}, Arguments{"copy", "-hdb1"}, Arguments{"copy", "-p", "5432"},
        Arguments{"copy", "-Uapp"}, Arguments{"plan", "-d", "shop"}, Arguments{"copy", "--host=db1"},
        Arguments{"verify", "-W"}}) {
    EXPECT_NE(rejected(arguments).hint.find("host=db1 port=5432"), std::string::npos) << arguments[1];
  }
  EXPECT_NE(help({"copy", "-h"}), "");
}

TEST(Options, TakePatternsFromFiles) {
  const std::string file = testing::TempDir() + "pghaul_options_filter";
  std::ofstream(file) << "exclude table_data app.log\n";
  EXPECT_EQ(values_of(accepted({"plan", "--filter", file, "--strict-names", "a"}), "exclude-table-data"),
            Arguments{"app.log"});
  EXPECT_NE(rejected({"plan", "--filter", file + "/none", "a"}).message.find("cannot read"),
            std::string::npos);
}

}  // namespace
}  // namespace pghaul::command

// What journals and reports say of the options. Journals of earlier copies have to match, so no line here
// changes.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "discovery/option_value.h"
#include "discovery/options.h"

namespace pghaul::discovery {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;
using Values = std::map<std::string, std::string>;

/// What differs from the values of a job without options.
struct Case {
  Given given;
  Values identity;
  Values shown;
};

const Values kIdentityWithoutOptions{{"schema", ""},
                                     {"exclude-schema", ""},
                                     {"table", ""},
                                     {"exclude-table", ""},
                                     {"exclude-table-data", ""},
                                     {"where", ""},
                                     {"schema-only", "false"},
                                     {"data-only", "false"},
                                     {"no-owner", "false"},
                                     {"no-acl", "false"},
                                     {"extension", ""},
                                     {"exclude-extension", ""},
                                     {"no-comments", "false"},
                                     {"no-event-triggers", "false"},
                                     {"no-publications", "false"},
                                     {"no-security-labels", "false"},
                                     {"no-subscriptions", "false"},
                                     {"no-tablespaces", "false"},
                                     {"map-tablespace", ""},
                                     {"large-objects", "true"},
                                     {"analyze", "false"},
                                     {"follow", "false"},
                                     {"filled-at", ""},
                                     {"open-after", "verified"},
                                     {"skip-failing", "false"},
                                     {"skip-unreadable", "false"},
                                     {"toast-compression", ""},
                                     {"verify", "checksums"}};
const Values kShownWithoutOptions{{"jobs", "chosen"}, {"verify", "checksums"}};

const std::vector<Case> kCases{
    {{}, {}, {}},
    {{{"jobs", "4"}}, {}, {{"jobs", "4"}}},
    {{{"jobs", "4"}, {"jobs", "0"}}, {}, {}},
    {{{"schema", "a"}, {"schema", "b*"}},
     {{"schema", "a  b*"}, {"large-objects", "false"}},
     {{"schema", "a b*"}}},
    {{{"exclude-schema", "a b"}, {"exclude-schema", "c"}},
     {{"exclude-schema", "a b  c"}},
     {{"exclude-schema", "a b c"}}},
    {{{"table", "a.b"}}, {{"table", "a.b"}, {"large-objects", "false"}}, {{"table", "a.b"}}},
    {{{"table", ""}, {"table", "x"}}, {{"table", "  x"}, {"large-objects", "false"}}, {{"table", "x"}}},
    {{{"exclude-table", ""}}, {}, {{"exclude-table", ""}}},
    {{{"exclude-table", "x"}}, {{"exclude-table", "x"}}, {{"exclude-table", "x"}}},
    {{{"no-owner", "true"}}, {{"no-owner", "true"}}, {{"no-owner", "true"}}},
    {{{"no-owner", "true"}, {"no-owner", "false"}}, {}, {}},
    {{{"no-acl", "true"}}, {{"no-acl", "true"}}, {{"no-acl", "true"}}},
    {{{"map-tablespace", "b=c"}, {"map-tablespace", "a="}},
     {{"map-tablespace", "a= b=c"}},
     {{"map-tablespace", "a= b=c"}}},
    {{{"map-tablespace", "fast disk=s\\d"}},
     {{"map-tablespace", "fast\\ disk=s\\\\d"}},
     {{"map-tablespace", "fast\\ disk=s\\\\d"}}},
    {{{"section", "data"}}, {{"data-only", "true"}}, {{"data-only", "true"}}},
    {{{"section", "pre-data"}, {"section", "post-data"}, {"section", "data"}}, {}, {}},
    {{{"large-objects", "true"}}, {}, {{"large-objects", "true"}}},
    {{{"no-large-objects", "true"}}, {{"large-objects", "false"}}, {{"no-large-objects", "true"}}},
    {{{"no-large-objects", "true"}, {"large-objects", "true"}},
     {},
     {{"no-large-objects", "true"}, {"large-objects", "true"}}},
    {{{"schema", "a"}, {"large-objects", "true"}},
     {{"schema", "a"}},
     {{"schema", "a"}, {"large-objects", "true"}}},
    {{{"analyze", "true"}}, {{"analyze", "true"}}, {{"analyze", "true"}}},
    {{{"skip-unreadable", "true"}}, {{"skip-unreadable", "true"}}, {{"skip-unreadable", "true"}}},
    {{{"indexes", "true"}}, {}, {{"indexes", "true"}}},
    {{{"verify", "none"}}, {{"verify", "none"}}, {{"verify", "none"}}},
    {{{"verify", "counts"}}, {{"verify", "counts"}}, {{"verify", "counts"}}},
    {{{"confirm", "shop"}}, {}, {{"confirm", "shop"}}},
    {{{"confirm", ""}}, {}, {}},
    {{{"snapshot", "0000-1"}}, {}, {{"snapshot", "0000-1"}}},
    {{{"source", "service=a"}, {"target", "service=b"}}, {}, {}},
    {{{"source-via", "ssh a pghaul"}, {"target-via", "ssh b pghaul"}},
     {},
     {{"source-via", "ssh a pghaul"}, {"target-via", "ssh b pghaul"}}},
    {{{"open-after", "keys"}}, {{"open-after", "keys"}}, {{"open-after", "keys"}}},
    {{{"open-after", "keys"}, {"open-after", "verified"}}, {}, {}},
    {{{"slot-limit", "20GB"}}, {}, {{"slot-limit", "20000000000"}}},
    {{{"filled-at", "3/A1B2C3D8"}}, {{"filled-at", "3/A1B2C3D8"}}, {{"filled-at", "3/A1B2C3D8"}}},
    {{{"prepare-standby", "true"}}, {}, {{"prepare-standby", "true"}}},
    {{{"rehearse", "true"}}, {}, {{"rehearse", "true"}}},
    {{{"discard", "true"}}, {}, {{"discard", "true"}}},
    {{{"compress", "9"}}, {}, {{"compress", "9"}}},
    {{{"compress", "none"}}, {}, {{"compress", "0"}}},
    {{{"compress", "9"}, {"compress", "auto"}}, {}, {}},
    {{{"toast-compression", "lz4"}}, {{"toast-compression", "lz4"}}, {{"toast-compression", "lz4"}}},
    {{{"resume", "true"}, {"new-snapshot", "true"}, {"stall-after", "7"}, {"retry-for", "8"}}, {}, {}},
    {{{"budget", "1m"}, {"window", "20m"}, {"grow", "30%"}, {"compare-jobs", "2"}, {"compare-jobs", "4"}},
     {},
     {}},
    {{{"past", R"({"predicted_seconds": 2, "seconds": 3})"}}, {}, {}},
};

Values changed(Values values, const Values& changes) {
  for (const auto& [name, value] : changes) values[name] = value;
  return values;
}

std::string text_of(const Given& given) {
  std::string text;
  for (const auto& [name, value] : given) text += name + "=" + value + " ";
  return text;
}

TEST(OptionValues, StandInJournalsAndReportsAsTheyAlwaysDid) {
  for (const Case& one : kCases) {
    Options options;
    for (const auto& [name, value] : one.given) ASSERT_TRUE(options.set(name, value)) << name << "=" << value;
    EXPECT_EQ(options.identity(), changed(kIdentityWithoutOptions, one.identity)) << text_of(one.given);
    EXPECT_EQ(options.shown(), changed(kShownWithoutOptions, one.shown)) << text_of(one.given);
  }
}

struct Refused {
  const char* option;
  std::vector<const char*> values;
  const char* hint;
};

const std::vector<Refused> kRefused{
    {"no-owner", {"", "yes", "1", "TRUE"}, "give true or false"},
    {"large-objects", {"x"}, "give true or false"},
    {"no-large-objects", {"x"}, "give true or false"},
    {"jobs",
     {"", "-1", "257", "4x", "1e2", "99999999999"},
     "give a number of workers from 1 to 256, or 0 to have it chosen"},
    {"verify", {"", "all", "Counts"}, "give none, counts or checksums"},
    {"open-after", {"", "rows"}, "give verified, constraints, indexes, keys or data"},
    {"toast-compression", {"", "zstd"}, "give pglz or lz4"},
    {"compress", {"", "0", "20", "high", "9x"}, "give auto, none, or a level of zstd from 1 to 19"},
    {"stall-after", {"", "0", "-1", "604801", "5s"}, "give a number of seconds, from 1 to a week"},
    {"retry-for", {"", "-1", "604801"}, "give a number of seconds, from 0 to a week"},
    {"budget", {"", "0", "61m", "nan"}, "give a time such as 90s, 20m or 1h30m, at most 1h"},
    {"window", {"", "0", "1d", "1e10"}, "give a time such as 90s, 20m or 1h30m"},
    {"slot-limit",
     {"", "20", "0.5MB", "GB", "2000TB"},
     "give a size such as 500MB, 20GB or 1TB, from 1MB on"},
    {"grow",
     {"", "%", "-100%", "100001%"},
     "give a percentage such as 30%, more than -100% and at most 100000%"},
    {"compare-jobs", {"", "0", "257"}, "give a number of workers from 1 to 256"},
    {"past", {"", "{}", "[]"}, "give a JSON object with predicted_seconds and seconds"},
};

TEST(OptionValues, ThatAreWrongAreRefusedWithWhatToGive) {
  for (const Refused& one : kRefused) {
    for (const std::string value : one.values) {
      Options options;
      const Status set = options.set(one.option, value);
      ASSERT_FALSE(set) << one.option << "=" << value;
      EXPECT_EQ(set.error().code, ErrorCode::usage);
      EXPECT_EQ(set.error().message, "option " + std::string(one.option) + " can't be \"" + value + "\"");
      EXPECT_EQ(set.error().hint, one.hint) << one.option;
      EXPECT_EQ(options.identity(), Options{}.identity()) << one.option << "=" << value;
    }
  }
}

TEST(OptionValues, AtTheirBoundsAreTaken) {
  for (const auto& [option, value] : Given{{"jobs", "1"},
                                           {"jobs", "256"},
                                           {"compress", "1"},
                                           {"compress", "19"},
                                           {"stall-after", "604800"},
                                           {"retry-for", "604800"},
                                           {"budget", "1h"},
                                           {"window", "1e9"},
                                           {"slot-limit", "1MB"},
                                           {"slot-limit", "1000TB"},
                                           {"grow", "100000%"},
                                           {"compare-jobs", "256"}}) {
    EXPECT_TRUE(Options{}.set(option, value)) << option << "=" << value;
  }
}

TEST(OptionValues, OfAnOptionThatIsNotThereAreRefused) {
  const Status set = Options{}.set("jobz", "4");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::usage);
  EXPECT_EQ(set.error().message, "there is no option jobz");
  EXPECT_EQ(set.error().hint, "pghaul.h lists the options");
}

TEST(Renamings, AreSplitAsTheyWereWritten) {
  Options options;
  for (const char* one : {"fast disk=s\\d", "a=", "b= c "}) ASSERT_TRUE(options.set("map-tablespace", one));
  EXPECT_EQ(split_renamings(options.identity().at("map-tablespace")),
            (std::vector<std::string>{"a=", "b= c ", "fast disk=s\\d"}));
  EXPECT_EQ(split_renamings(""), std::vector<std::string>{});
}

}  // namespace
}  // namespace pghaul::discovery

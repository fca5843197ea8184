#include "job/check_options.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace pghaul::job {
namespace {

using discovery::Options;
using Check = Status (*)(const Options&);
using Settings = std::initializer_list<std::pair<const char*, const char*>>;

Options with(Settings settings) {
  Options options;
  for (const auto& [name, value] : settings) {
    EXPECT_TRUE(options.set(name, value)) << name;
  }
  return options;
}

void expect_refused(Check check, std::initializer_list<Settings> all) {
  for (const Settings& settings : all) {
    const Status checked = check(with(settings));
    ASSERT_FALSE(checked) << settings.begin()->first;
    EXPECT_EQ(checked.error().code, ErrorCode::usage) << checked.error().message;
    EXPECT_FALSE(checked.error().hint.empty()) << checked.error().message;
  }
}

TEST(CheckOptions, TakeWhatGoesTogether) {
  for (const Check check : {check_follow, check_archive_target, check_record, check_create, check_discard,
                            check_rehearsal, check_rows, check_sync, check_sync_forecast}) {
    EXPECT_TRUE(check({}));
  }
  EXPECT_TRUE(check_end("dbname=shop", "source"));
  EXPECT_TRUE(check_record(with({{"keep-record", "true"}, {"source", "a"}, {"target", "b"}})));
  EXPECT_TRUE(check_rows(with({{"rows", "10"}})));
  EXPECT_TRUE(check_sync_forecast(with({{"sync", "true"}, {"source", "a"}, {"target", "b"}})));
  EXPECT_TRUE(check_all_databases(with({{"source", "a"}, {"target", "b"}, {"exclude-table-data", "t"}})));
}

TEST(CheckOptions, NameTheEndThatIsMissing) {
  const Status checked = check_end("", "target");
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("target"), std::string::npos);
}

TEST(CheckOptions, RefuseWhatACopyThatFollowsCannotHave) {
  expect_refused(check_follow, {{{"source", "archive:/a"}},
                                {{"target", "archive:/a"}},
                                {{"discard", "true"}},
                                {{"rehearse", "true"}},
                                {{"open-after", "keys"}},
                                {{"snapshot", "00000003-1"}}});
}

TEST(CheckOptions, RefuseWhatDoesNotApplyToAnArchive) {
  expect_refused(check_archive_target, {{{"source", "archive:/a"}},
                                        {{"open-after", "keys"}},
                                        {{"rehearse", "true"}},
                                        {{"no-owner", "true"}},
                                        {{"map-tablespace", "a=b"}}});
}

TEST(CheckOptions, RefuseARecordOfACopyThatIsNotWholeOrNotLeftAlone) {
  expect_refused(check_record, {{{"keep-record", "true"}, {"verify", "counts"}},
                                {{"keep-record", "true"}, {"where", "t=true"}},
                                {{"keep-record", "true"}, {"exclude-table-data", "t"}},
                                {{"keep-record", "true"}, {"schema-only", "true"}},
                                {{"keep-record", "true"}, {"target", "archive:/a"}},
                                {{"keep-record", "true"}, {"rehearse", "true"}},
                                {{"keep-record", "true"}, {"follow", "true"}},
                                {{"keep-record", "true"}, {"open-after", "keys"}}});
}

TEST(CheckOptions, RefuseWhatARehearsalOrACopyToNowhereCannotHave) {
  expect_refused(check_rehearsal,
                 {{{"target-via", "ssh db2 pghaul"}}, {{"roles", "true"}}, {{"resume", "true"}}});
  expect_refused(
      check_discard,
      {{{"source", "archive:/a"}}, {{"resume", "true"}}, {{"rehearse", "true"}}, {{"open-after", "keys"}}});
  expect_refused(check_create, {{{"target", "archive:/a"}}, {{"rehearse", "true"}}});
}

TEST(CheckOptions, RefuseRowsAndSyncsWithoutContentsOfTwoServers) {
  expect_refused(check_rows,
                 {{{"rows", "10"}, {"verify", "counts"}}, {{"rows", "10"}, {"source", "archive:/a"}}});
  expect_refused(check_sync, {{{"verify", "counts"}}, {{"where", "t=true"}}, {{"schema-only", "true"}}});
  expect_refused(check_sync_forecast, {{{"sync", "true"}},
                                       {{"sync", "true"}, {"target", "archive:/a"}},
                                       {{"sync", "true"}, {"source", "archive:/a"}, {"target", "b"}}});
}

TEST(CheckOptions, RefuseForAllDatabasesWhatIsAboutOne) {
  expect_refused(check_all_databases, {{{"source", "a"}},
                                       {{"source", "archive:/a"}, {"target", "b"}},
                                       {{"target", "b"}, {"target-via", "ssh db2 pghaul"}},
                                       {{"target", "b"}, {"follow", "true"}},
                                       {{"target", "b"}, {"snapshot", "00000003-1"}},
                                       {{"target", "b"}, {"schema", "app"}},
                                       {{"target", "b"}, {"where", "t=true"}},
                                       {{"target", "b"}, {"try-schema", "true"}}});
}

}  // namespace
}  // namespace pghaul::job

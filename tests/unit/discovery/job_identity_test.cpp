#include "discovery/job_identity.h"

#include <gtest/gtest.h>

#include <functional>

namespace pghaul::discovery {
namespace {

/// A job as it began, with what it found.
struct Begun {
  Discovery found;
  Options options;
  journal::Journal::Header header;

  Begun() {
    found.source.server.system_identifier = "7001";
    found.source.server.database_oid = 16384;
    found.source_description = "shop on db1";
    header.source = "7001/16384";
    header.source_description = "shop on db1";
    header.options = options.identity();
  }
};

TEST(SameJob, IsWhatBeganWithTheSameSourceAndOptions) {
  const Begun job;
  EXPECT_TRUE(same_source_and_options(job.header, job.found, job.options));
}

TEST(SameJob, IsNotThatOfAnotherDatabaseOfTheSameServer) {
  Begun job;
  job.found.source.server.database_oid = 16385;
  const Status same = same_source_and_options(job.header, job.found, job.options);
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::refused);
  EXPECT_NE(same.error().message.find("shop on db1"), std::string::npos) << same.error().message;
}

TEST(SameJob, IsNotThatOfOtherOptionsAndNamesTheOne) {
  Begun job;
  ASSERT_TRUE(job.options.set("exclude-table", "audit.*"));
  const Status same = same_source_and_options(job.header, job.found, job.options);
  ASSERT_FALSE(same);
  EXPECT_NE(same.error().message.find("--exclude-table was '' then and is 'audit.*' now"), std::string::npos)
      << same.error().message;
}

TEST(SameJob, HasTheDefaultOfAnOptionThatCameLater) {
  Begun job;
  job.header.options.erase("no-comments");
  EXPECT_TRUE(same_source_and_options(job.header, job.found, job.options));
  ASSERT_TRUE(job.options.set("no-comments", "true"));
  EXPECT_FALSE(same_source_and_options(job.header, job.found, job.options));
}

TEST(SameJob, MayHaveOtherWorkersAndOtherTimeLimits) {
  Begun job;
  for (const auto& [option, value] : std::map<std::string, std::string>{
           {"jobs", "7"}, {"retry-for", "1"}, {"stall-after", "9"}, {"resume", "true"}}) {
    ASSERT_TRUE(job.options.set(option, value));
  }
  EXPECT_TRUE(same_source_and_options(job.header, job.found, job.options));
}

TEST(SameJob, IsNotThatOfOtherDefinitionsVersionOrPlan) {
  const journal::Journal::Header then{.version = "1.0", .definitions = "d", .plan = "p"};
  EXPECT_TRUE(same_job(then, then));
  const std::vector<std::function<void(journal::Journal::Header&)>> changes{
      [](journal::Journal::Header& now) { now.definitions = "e"; },
      [](journal::Journal::Header& now) { now.version = "1.1"; },
      [](journal::Journal::Header& now) { now.plan = "q"; }};
  std::set<std::string> reasons;
  for (const auto& change : changes) {
    journal::Journal::Header now = then;
    change(now);
    const Status same = same_job(then, now);
    ASSERT_FALSE(same);
    EXPECT_EQ(same.error().code, ErrorCode::refused);
    reasons.insert(same.error().message);
  }
  EXPECT_EQ(reasons.size(), changes.size());  // each says what it is
}

TEST(SameJob, MayHaveAnotherNumberOfRunsAndAnotherTime) {
  const journal::Journal::Header then{.started = "yesterday", .sizes = "a", .jobs = 2, .run = 1};
  const journal::Journal::Header now{.started = "today", .sizes = "b", .jobs = 3, .run = 2};
  EXPECT_TRUE(same_job(then, now));
}

}  // namespace
}  // namespace pghaul::discovery

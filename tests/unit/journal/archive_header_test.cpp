#include "journal/archive_header.h"

#include <gtest/gtest.h>

#include <functional>

namespace pghaul::journal {
namespace {

using Fields = std::map<std::string, std::string>;

Journal::Header some_header() {
  Journal::Header header;
  header.version = "0.9";
  header.started = "2026-11-29T20:00:00Z";
  header.source = "7412/16384";
  header.source_description = "shop on db.example.com:5432";
  header.source_state = "10:20:";
  header.options = {{"jobs", "8"}, {"table", "a\nb"}, {"no-owner", ""}};
  header.definitions = "00ff";
  header.sizes = "r 1 2\nr 3 4\n";
  header.plan = "abcd";
  header.jobs = 8;
  return header;
}

TEST(ArchiveHeader, IsReadAsItWasWritten) {
  const Journal::Header header = some_header();
  const Result<Journal::Header> read = header_of_archive(header_for_archive(header));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->version, header.version);
  EXPECT_EQ(read->started, header.started);
  EXPECT_EQ(read->source, header.source);
  EXPECT_EQ(read->source_description, header.source_description);
  EXPECT_EQ(read->source_state, header.source_state);
  EXPECT_EQ(read->options, header.options);
  EXPECT_EQ(read->definitions, header.definitions);
  EXPECT_EQ(read->sizes, header.sizes);
  EXPECT_EQ(read->plan, header.plan);
  EXPECT_EQ(read->jobs, header.jobs);
}

TEST(ArchiveHeader, KeepsTheNamesThatFilesOfOlderVersionsHave) {
  const Fields fields = header_for_archive(some_header());
  EXPECT_EQ(fields.at("source"), "7412/16384");
  EXPECT_EQ(fields.at("jobs"), "8");
  EXPECT_EQ(fields.at("--jobs"), "8");
  EXPECT_EQ(fields.at("--no-owner"), "");
  EXPECT_EQ(fields.size(), 12U);
}

TEST(ArchiveHeader, PassesOverFieldsThatItDoesNotKnow) {
  Fields fields = header_for_archive(some_header());
  fields["weather"] = "fine";
  const Result<Journal::Header> read = header_of_archive(fields);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->options, some_header().options);
}

TEST(ArchiveHeader, IsRefusedWhereAnyFieldIsMissing) {
  for (const auto& [name, value] : header_for_archive(some_header())) {
    if (name.starts_with("--")) continue;
    Fields fields = header_for_archive(some_header());
    fields.erase(name);
    const Result<Journal::Header> read = header_of_archive(fields);
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, ErrorCode::refused);
    EXPECT_FALSE(read.error().hint.empty());
  }
}

TEST(ArchiveHeader, IsRefusedWhereTheNumberOfJobsIsNone) {
  for (const char* jobs : {"", "many", "0", "-3", "257", "99999999999999999999"}) {
    Fields fields = header_for_archive(some_header());
    fields["jobs"] = jobs;
    EXPECT_FALSE(header_of_archive(fields)) << jobs;
  }
}

}  // namespace
}  // namespace pghaul::journal

#include "follow/source_findings.h"

#include <gtest/gtest.h>

#include <functional>

namespace pghaul::follow {
namespace {

SourceFacts good() {
  return {.version = 150004,
          .in_recovery = false,
          .wal_level = "logical",
          .may_replicate = true,
          .may_create = true,
          .free_slots = 1,
          .free_senders = 1,
          .sequences = 1,
          .lockable = 100,
          .slot_keeps_bytes = {},
          .prepared = {},
          .writers = {},
          .subscriptions = {},
          .event_triggers = {},
          .tables = {{.schema = "public",
                      .name = "orders",
                      .owned = true,
                      .has_identity = true,
                      .deferrable_key = false,
                      .unlogged = false}}};
}

/// Names the findings; those that refuse with an exclamation mark.
std::vector<std::string> codes(const SourceFacts& source, bool may_set_replica_role = true) {
  std::vector<std::string> all;
  for (const Finding& found : source_findings(source, may_set_replica_role)) {
    EXPECT_FALSE(found.message.empty()) << found.code;
    all.push_back(found.code + (found.refuses ? "!" : ""));
  }
  return all;
}

using Codes = std::vector<std::string>;

TEST(SourceFindings, FindsNothingWhereNothingIsInTheWay) {
  EXPECT_EQ(codes(good()), Codes{});
}

TEST(SourceFindings, FindsEachByItself) {
  struct Case {
    const char* code;
    std::function<void(SourceFacts&)> spoil;
  };
  for (const Case& one : std::vector<Case>{
           {"source_too_old!", [](SourceFacts& s) { s.version = 99999; }},
           {"source_is_standby!", [](SourceFacts& s) { s.in_recovery = true; }},
           {"wal_level!", [](SourceFacts& s) { s.wal_level = "replica"; }},
           {"no_replication_right!", [](SourceFacts& s) { s.may_replicate = false; }},
           {"no_create_right!", [](SourceFacts& s) { s.may_create = false; }},
           {"no_free_slot!", [](SourceFacts& s) { s.free_slots = 0; }},
           {"no_free_sender!", [](SourceFacts& s) { s.free_senders = 0; }},
           {"few_locks", [](SourceFacts& s) { s.sequences = 100; }},
           {"slot_limit", [](SourceFacts& s) { s.slot_keeps_bytes = 512 << 20; }},
           {"prepared_transactions!", [](SourceFacts& s) { s.prepared = {"'p1' of yesterday"}; }},
           {"long_writers", [](SourceFacts& s) { s.writers = {"session 7"}; }},
           {"subscription", [](SourceFacts& s) { s.subscriptions = {"inbound"}; }},
           {"event_trigger", [](SourceFacts& s) { s.event_triggers = {"audit"}; }},
           {"unlogged_table", [](SourceFacts& s) { s.tables[0].unlogged = true; }},
           {"no_identity!", [](SourceFacts& s) { s.tables[0].has_identity = false; }},
           {"generated_identity!", [](SourceFacts& s) { s.tables[0].generated_key = true; }},
           {"not_owned!", [](SourceFacts& s) { s.tables[0].owned = false; }},
       }) {
    SourceFacts source = good();
    one.spoil(source);
    EXPECT_EQ(codes(source), Codes{one.code});
  }
  EXPECT_EQ(codes(good(), false), Codes{"no_replica_role"});
}

TEST(SourceFindings, TakesTheFirstVersionWithLogicalReplication) {
  SourceFacts source = good();
  source.version = 100000;
  EXPECT_EQ(codes(source), Codes{});
}

TEST(SourceFindings, FindsAllAtOnce) {
  SourceFacts source = good();
  source.wal_level = "minimal";
  source.free_senders = 0;
  source.tables.push_back({.schema = "s", .name = "T", .owned = false});
  EXPECT_EQ(codes(source, false),
            (Codes{"wal_level!", "no_free_sender!", "no_identity!", "not_owned!", "no_replica_role"}));
}

TEST(SourceFindings, AsksNothingElseOfUnloggedTables) {
  SourceFacts source = good();
  source.tables = {{.schema = "s", .name = "t", .owned = false, .has_identity = false, .unlogged = true}};
  EXPECT_EQ(codes(source), Codes{"unlogged_table"});
}

TEST(SourceFindings, NamesTheTableAndTheStatementThatMendsIt) {
  SourceFacts source = good();
  source.tables = {{.schema = "s", .name = "My Table", .owned = true}};
  const std::vector<Finding> found = source_findings(source, true);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, "table s.\"My Table\"");
  EXPECT_TRUE(found[0].message.starts_with("table s.\"My Table\" has neither a primary key nor"));
  EXPECT_NE(found[0].hint.find(R"(ALTER TABLE "s"."My Table" REPLICA IDENTITY FULL)"), std::string::npos);

  source.tables[0].deferrable_key = true;
  EXPECT_NE(source_findings(source, true)[0].message.find("only a deferrable primary key"),
            std::string::npos);
}

TEST(SourceFindings, SaysWhatHoldsASlotUp) {
  SourceFacts source = good();
  source.prepared = {"'p1' of yesterday", "'p2' of today"};
  source.slot_keeps_bytes = std::int64_t{512} << 20;
  const std::vector<Finding> found = source_findings(source, true);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[0].message.find("at most 512 MB"), std::string::npos) << found[0].message;
  EXPECT_NE(found[1].message.find("'p1' of yesterday; 'p2' of today"), std::string::npos);
}

TEST(SourceFindings, SaysWhyThereWouldBeNoWayBack) {
  EXPECT_TRUE(way_back_findings(good()).empty());
  SourceFacts target = good();
  target.wal_level = "replica";
  target.may_replicate = false;
  const std::vector<Finding> found = way_back_findings(target);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].refuses);
  EXPECT_NE(
      found[0].message.find("wal_level of the target is replica, not logical; the role on the target may "
                            "not replicate"),
      std::string::npos)
      << found[0].message;
  EXPECT_NE(found[0].hint.find("ALTER SYSTEM SET wal_level = logical"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::follow

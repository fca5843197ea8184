#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

const std::vector<std::string> kAllKinds = {"--no-comments",     "--no-event-triggers",
                                            "--no-publications", "--no-subscriptions",
                                            "--no-tablespaces",  "--no-security-labels"};
/// Kinds that an archive that is written can do without; the others are left out as it is restored.
const std::vector<std::string> kKindsForArchives = {"--no-event-triggers", "--no-publications",
                                                    "--no-subscriptions"};

/// A source with a comment, an event trigger, a publication, a subscription and a tablespace, which belong to
/// a role that the target lacks, and two extensions. One server is both ends' no more than it has to be.
class Excluded : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: event triggers, subscriptions";
    source_server_.psql("postgres", "create role of_the_source superuser");
    source_server_.psql("postgres", "create tablespace apart location ''");
    source_.emplace(source_server_);
    source_->psql(R"(
      create table t (id int primary key using index tablespace apart, v text) tablespace apart;
      create index on t (v) tablespace apart;
      create table parted (id int) partition by list (id) tablespace apart;
      create materialized view m tablespace apart as select 1 as one;
      insert into t select i, 'row ' || i from generate_series(1, 50) i;
      select lo_from_bytea(7001, 'abc');
      comment on large object 7001 is 'a large object';
      comment on table t is 'a table';
      comment on index t_v_idx is 'an index';
      comment on constraint t_pkey on t is 'a key';
      create extension hstore;
      create extension citext;
      set role of_the_source;
      create function e() returns event_trigger language plpgsql as 'begin end';
      reset role;
      alter function e() owner to postgres;
      set role of_the_source;
      create event trigger watch on ddl_command_end execute function e();
      create publication pub for table t;
      comment on publication pub is 'a publication';
      create subscription sub connection 'host=127.0.0.1 port=1' publication nothing
        with (connect = false, slot_name = 'sub');
      reset role;)");
    source_->psql("select format('comment on database %I is ''a database''', current_database()) \\gexec");
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    if (!source_) return;
    source_->psql("alter subscription sub set (slot_name = none); drop subscription sub");
  }

  [[nodiscard]] std::string archive() const { return "archive:" + folder_; }

  static support::Haul haul(std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::haul(std::move(arguments));
  }

  void expect_only_rows() {
    EXPECT_EQ(target_.psql("select count(*), min(v) from t"), "50|row 1");
    EXPECT_EQ(target_.psql("select count(*) from pg_description where objoid >= 16384 and objoid not in"
                           " (select objid from pg_depend where deptype = 'e') and"
                           " classoid not in ('pg_extension'::regclass)"),
              "0");
    EXPECT_EQ(target_.psql("select shobj_description(oid, 'pg_database') is null from pg_database where"
                           " datname = current_database()"),
              "t");
    EXPECT_EQ(target_.psql("select (select count(*) from pg_publication), (select count(*) from"
                           " pg_event_trigger), (select count(*) from pg_subscription),"
                           " (select count(*) from pg_class where reltablespace <> 0 and oid >= 16384)"),
              "0|0|0|0");
  }

  const support::Cluster source_server_{{.settings = {{"allow_in_place_tablespaces", "on"}}}};
  std::optional<support::Database> source_;
  const support::Database target_{support::shared_target()};
  const std::string folder_ = testing::TempDir() + target_.name();
};

TEST_F(Excluded, KindsAreNeitherCopiedNorMissed) {
  const support::Haul refused = haul({"copy", source_->uri(), target_.uri()}, {});
  EXPECT_EQ(refused.exit_status, 3);
  for (const char* finding : {"apart", "of_the_source", "subscription sub"}) {
    EXPECT_NE(refused.err.find(finding), std::string::npos) << finding << " in " << refused.err;
  }
  const support::Haul copied = haul({"copy", source_->uri(), target_.uri()}, kAllKinds);
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_FALSE(copied.report.value("partial", false)) << copied.report["left_out"];
  expect_only_rows();
  const support::Haul same = haul({"verify", source_->uri(), target_.uri()}, kAllKinds);
  EXPECT_EQ(same.exit_status, 0) << same.err;
  const support::Haul different = haul({"verify", source_->uri(), target_.uri()}, {});
  EXPECT_EQ(different.exit_status, 6);
  for (const char* object : {"event trigger watch", "publication pub", "comment on table public.t"}) {
    EXPECT_NE(different.report.dump().find(object), std::string::npos) << object;
  }
}

TEST_F(Excluded, KindsOnTheTargetAreNoDifference) {
  target_.psql("create publication theirs; comment on publication theirs is 'theirs'");
  const support::Haul copied =
      haul({"copy", "--confirm", target_.name(), source_->uri(), target_.uri()}, kAllKinds);
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  target_.psql("create publication theirs; comment on publication theirs is 'theirs'");
  const std::vector<std::string> all_but_comments = {"--no-event-triggers", "--no-publications",
                                                     "--no-subscriptions", "--no-tablespaces"};
  const support::Haul compared = haul({"verify", source_->uri(), target_.uri()}, all_but_comments);
  EXPECT_EQ(compared.exit_status, 6);
  EXPECT_EQ(compared.report["verification"].dump().find("theirs"), std::string::npos);
}

TEST_F(Excluded, KindsStayOutByWayOfAnArchive) {
  const support::Haul refused = haul({"copy", source_->uri(), archive()}, {"--no-comments"});
  EXPECT_EQ(refused.exit_status, 2);
  const support::Haul stored = haul({"copy", source_->uri(), archive()}, kKindsForArchives);
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  const support::Haul restored =
      haul({"copy", archive(), target_.uri()}, {"--no-comments", "--no-tablespaces"});
  ASSERT_EQ(restored.exit_status, 0) << restored.err;
  expect_only_rows();
}

TEST_F(Excluded, KindsStayOutOfWhatAnArchiveHolds) {
  const support::Haul stored = haul({"copy", source_->uri(), archive()}, {"--skip-unreadable"});
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  const support::Haul restored = haul({"copy", archive(), target_.uri()}, kAllKinds);
  ASSERT_EQ(restored.exit_status, 0) << restored.err;
  expect_only_rows();
}

TEST_F(Excluded, KindsStayOutByWayOfALink) {
  const support::Haul copied = haul(
      {"copy", "--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND, source_->uri(), target_.uri()},
      kAllKinds);
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  expect_only_rows();
}

class ExcludedExtensions : public Excluded {
 protected:
  /// Copies by patterns; returns the target's extensions.
  std::string after(const std::string& from, const std::vector<std::string>& patterns) {
    std::vector<std::string> options = kAllKinds;
    options.insert(options.end(), patterns.begin(), patterns.end());
    const support::Haul copied = haul({"copy", "--confirm", target_.name(), from, target_.uri()}, options);
    EXPECT_EQ(copied.exit_status, 0) << copied.err;
    EXPECT_EQ(target_.psql("select count(*) from t"), "50");
    if (from == source_->uri()) {
      const support::Haul compared = haul({"verify", from, target_.uri()}, options);
      EXPECT_EQ(compared.exit_status, 0) << compared.err;
    }
    return target_.psql("select string_agg(extname, ' ' order by extname) from pg_extension");
  }
};

TEST_F(ExcludedExtensions, AreChosenByPatterns) {
  const support::Haul stored = haul({"copy", source_->uri(), archive()}, kKindsForArchives);
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  for (const std::string& from : {source_->uri(), archive()}) {
    EXPECT_EQ(after(from, {}), "citext hstore plpgsql");
    EXPECT_EQ(after(from, {"-e", "hs*"}), "hstore plpgsql");
    EXPECT_EQ(after(from, {"-e", "hs*", "-e", "citext"}), "citext hstore plpgsql");
    EXPECT_EQ(after(from, {"--exclude-extension", "h*e"}), "citext plpgsql");
    EXPECT_EQ(after(from, {"--exclude-extension", "*"}), "plpgsql");
    EXPECT_EQ(after(from, {"-n", "public"}), "plpgsql");
    EXPECT_EQ(after(from, {"-n", "public", "-e", "citext"}), "citext plpgsql");
    const support::Haul none =
        haul({"copy", "-e", "nothing", "--confirm", target_.name(), from, target_.uri()}, {});
    EXPECT_EQ(none.exit_status, 2);
    EXPECT_NE(none.err.find("no matching extensions were found for pattern \"nothing\""), std::string::npos)
        << none.err;
  }
}

}  // namespace
}  // namespace pghaul::fidelity

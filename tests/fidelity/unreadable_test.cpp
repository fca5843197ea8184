#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "fidelity/hostile_database.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using Names = std::set<std::string>;

/// Objects of databases/unreadable.sql that fidelity_reader can't read, by name.
const Names kUnreadable = {
    "table closed.t",
    "table public.by_column",
    R"(table public."hid""den; --")",
    "table public.guarded",
    "table public.parted_hidden",
    "value of sequence closed.t_id_seq",
    "value of sequence public.hidden_numbers",
    "2 of 3 large objects",
};
/// Objects that it could read, but that can't be carried.
const Names kElsewhere = {
    "foreign table public.far",
    "options of the user mapping for PUBLIC on elsewhere",
};
const Names kNeedThem = {
    R"(function public.of_rowtype(public."hid""den; --"))",
    "materialized view public.stored_hidden",
    "rule noted of public.open",
    R"(policy "some; rows" of public.open)",
    "view public.over_hidden",
    "view public.over_over",
    "constraint refers_h_fkey of public.refers",
    "constraint refers_to_guarded_g_fkey of public.refers_to_guarded",
};

Names together(const Names& one, const Names& other) {
  Names all = one;
  all.insert(other.begin(), other.end());
  return all;
}

Names objects_in(const nlohmann::json& list) {
  Names names;
  for (const auto& item : list) names.insert(item["object"]);
  return names;
}

class UnreadableSource : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser())
      GTEST_SKIP() << "needs a superuser: what a role may not read is another's";
    prepare(support::shared_source());
    prepare(support::shared_target());
    fill(source_, "unreadable");
    as_reader_ = source_.uri();
    as_reader_.replace(as_reader_.find("postgres@"), 8, "fidelity_reader");
  }

  void expect_what_could_be_read() const {
    EXPECT_EQ(target_.psql("select count(*) from open"), "50");
    EXPECT_EQ(target_.psql("select * from refers"), "1|1");
    EXPECT_EQ(target_.psql("select count(*) from guarded"), "0");
    EXPECT_EQ(target_.psql("select * from parted"), "1");
    EXPECT_EQ(target_.psql("select last_value, is_called from numbers"), "5|t");
    EXPECT_EQ(target_.psql("select string_agg(oid::text, ',') from pg_largeobject_metadata"), "101");
    EXPECT_EQ(target_.psql("select to_regclass('over_over') is null, to_regclass('over_open') is null"),
              "t|f");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  std::string as_reader_;
};

TEST_F(UnreadableSource, IsRefusedWithAllThatCannotBeCarried) {
  const support::Haul run = support::haul({"copy", as_reader_, target_.uri()});
  EXPECT_EQ(run.exit_status, 3);
  EXPECT_EQ(objects_in(run.report["findings"]), together(kUnreadable, kElsewhere));
  EXPECT_EQ(target_.psql("select count(*) from pg_class where oid >= 16384 and relnamespace = 2200"), "0");
}

TEST_F(UnreadableSource, IsCopiedAsFarAsItCanBeRead) {
  const support::Haul run = support::haul({"copy", "--skip-unreadable", as_reader_, target_.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err << run.report["verification"].dump(1);
  EXPECT_EQ(objects_in(run.report["left_out"]), together(together(kUnreadable, kElsewhere), kNeedThem));
  EXPECT_EQ(run.report.dump().find("topsecret"), std::string::npos);
  expect_what_could_be_read();

  const support::Haul verified = support::haul({"verify", "--skip-unreadable", as_reader_, target_.uri()});
  EXPECT_EQ(verified.exit_status, 0) << verified.err << verified.report["verification"].dump(1);
  EXPECT_EQ(support::haul({"verify", as_reader_, target_.uri()}).exit_status, 3);

  target_.psql("update open set v = 'y' where id = 7");
  const support::Haul different = support::haul({"verify", "--skip-unreadable", as_reader_, target_.uri()});
  EXPECT_EQ(different.exit_status, 6);
}

TEST_F(UnreadableSource, DoesNotMatterWhereItIsNotAmongTheChosen) {
  const support::Haul run =
      support::haul({"copy", "-t", "refers", "-t", "numbers", as_reader_, target_.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(objects_in(run.report["left_out"]),
            (Names{"3 large objects", "constraint refers_h_fkey of public.refers"}));
}

TEST_F(UnreadableSource, ComesOutOfAnArchiveAsItWentIn) {
  std::string folder = std::filesystem::temp_directory_path() / "pghaul-unreadable-XXXXXX";
  folder = mkdtemp(folder.data());
  const std::string archive = "archive:" + folder + "/it";
  EXPECT_EQ(support::haul({"copy", as_reader_, archive}).exit_status, 3);
  const support::Haul written = support::haul({"copy", "--skip-unreadable", as_reader_, archive});
  EXPECT_EQ(written.exit_status, 0) << written.err;
  const support::Haul restored = support::haul({"copy", archive, target_.uri()});
  std::filesystem::remove_all(folder);
  EXPECT_EQ(restored.exit_status, 0) << restored.err;
  EXPECT_EQ(objects_in(restored.report["left_out"]), objects_in(written.report["left_out"]));
  expect_what_could_be_read();
}

}  // namespace
}  // namespace pghaul::fidelity

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::faults {
namespace {

using support::Database;
using support::Haul;

/// Into a server whose sessions share a few hundred locks.
class ManyLargeObjects : public testing::Test {
 protected:
  ManyLargeObjects() {
    source_.psql(
        "select count(lo_from_bytea((100000 + g)::oid, decode(md5(g::text), 'hex'))) from generate_series(1, "
        "6000) g;"
        "create role " +
        role_);
    target_server_.psql("postgres", "create role " + role_);
  }
  ~ManyLargeObjects() override { source_.psql("drop owned by " + role_ + "; drop role " + role_); }

  [[nodiscard]] Haul copy(std::vector<std::string> options = {}) const {
    std::vector<std::string> arguments = {"copy", source_.uri(), target_.uri(), "--jobs", "3"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return support::haul(arguments);
  }
  void give_them_owners() const {
    source_.psql("select format('alter large object %s owner to %I', oid, '" + role_ +
                 "') from pg_largeobject_metadata \\gexec\n"
                 "select format('grant select on large object %s to public', oid) from "
                 "pg_largeobject_metadata \\gexec\n"
                 "select format('comment on large object %s is %L', oid, oid::text) from "
                 "pg_largeobject_metadata \\gexec");
  }

  const support::Cluster target_server_{
      {.settings = {{"max_connections", "20"}, {"max_locks_per_transaction", "10"}}}};
  const Database source_{support::shared_source()};
  const Database target_{target_server_};
  const std::string role_ = "owner_in_" + source_.name();  // of no other test that runs beside
};

TEST_F(ManyLargeObjects, AreCopiedAndReplacedByTransactionsOfFewLocks) {
  give_them_owners();
  const Haul first = copy();
  ASSERT_EQ(first.exit_status, 0) << first.err;
  EXPECT_EQ(fidelity::differences(source_, target_), "");
  const Haul again = copy({"--confirm", target_.name()});
  ASSERT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(target_.psql("select count(*), count(distinct lomowner) from pg_largeobject_metadata"), "6000|1");
}

TEST_F(ManyLargeObjects, AreNotTouchedAgainWhereTheyAreAsTheirMakerLeavesThem) {
  const Haul plain = copy();
  ASSERT_EQ(plain.exit_status, 0) << plain.err;
  // Each transaction that altered some would have left its number.
  EXPECT_EQ(target_.psql("select count(*), count(distinct xmin::text) <= 16 from pg_largeobject_metadata"),
            "6000|t");
}

}  // namespace
}  // namespace pghaul::faults

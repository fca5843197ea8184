#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

using support::Haul;

/// Sources that hold what their own constraints forbid: a copy of them can't be made, and must say which rows
/// are to blame.
class BrokenSource : public testing::Test {
 protected:
  void expect_stopped(const std::string& object, const std::string& culprit) {
    const Haul run = support::haul({"copy", source_.uri(), target_.uri(), "--progress", "none"});
    EXPECT_EQ(run.exit_status, 5) << run.err;
    EXPECT_EQ(run.report["status"], "incomplete");
    for (const std::string& word : {object, culprit}) {
      EXPECT_NE(run.err.find(word), std::string::npos) << "no word of " << word << " in " << run.err;
    }
    EXPECT_EQ(target_.psql("select count(*) from pg_stat_activity where application_name like 'pg%'"
                           " and datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'"
                           " and application_name <> 'psql'"),
              "0");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(BrokenSource, WithDuplicatesUnderAUniqueIndex) {
  source_.psql(
      "create table people (name text); create unique index people_name on people (name);"
      "insert into people values ('ann'), ('bob');"
      "update pg_index set indisready = false where indexrelid = 'people_name'::regclass;"
      "insert into people values ('ann');"  // past the index
      "update pg_index set indisready = true where indexrelid = 'people_name'::regclass;");
  expect_stopped("people_name", "Key (name)=(ann) is duplicated");
}

TEST_F(BrokenSource, WithDuplicatesUnderAPrimaryKey) {
  source_.psql(
      "create table people (name text constraint people_key primary key);"
      "insert into people values ('ann'), ('bob');"
      "update pg_index set indisready = false where indexrelid = 'people_key'::regclass;"
      "insert into people values ('bob');"
      "update pg_index set indisready = true where indexrelid = 'people_key'::regclass;");
  expect_stopped("people_key", "Key (name)=(bob) is duplicated");
}

TEST_F(BrokenSource, WithAViolatedForeignKey) {
  source_.psql(
      "create table customers (id int primary key); insert into customers values (1);"
      "create table orders (id int, customer int constraint orders_to_customers references customers);"
      "set session_replication_role = replica; insert into orders values (1, 1), (2, 77);");
  expect_stopped("orders_to_customers", "Key (customer)=(77) is not present");
}

TEST_F(BrokenSource, WithRowsThatACheckForbids) {
  source_.psql(
      "create function allowed(int) returns bool language sql immutable as 'select true';"
      "create table amounts (amount int constraint small check (public.allowed(amount)));"
      "insert into amounts values (7000);"
      "create or replace function allowed(int) returns bool language sql immutable as 'select $1 < 1000';");
  expect_stopped("public.amounts", "small");
}

}  // namespace
}  // namespace pghaul

#include <gtest/gtest.h>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using support::Database;
using support::Haul;

/// Values that PostgreSQL writes in a form that it does not read are an error that names them, not other
/// values.
class Limit : public testing::Test {
 protected:
  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};

  void expect_failure(const char* table, const char* what) const {
    const Haul run = support::haul({"copy", source_.uri(), target_.uri()});
    EXPECT_EQ(run.exit_status, 5) << run.err;
    EXPECT_NE(run.err.find(table), std::string::npos) << run.err;
    EXPECT_NE(run.err.find(what), std::string::npos) << run.err;
  }
};

TEST_F(Limit, RegprocOfAnOverloadedFunctionIsNamed) {
  source_.psql(
      "create function twice(int) returns int language sql as 'select 2 * $1';"
      "create function twice(text) returns text language sql as 'select $1 || $1';"
      "create table handlers (f regproc);"
      "insert into handlers select oid from pg_proc where proname = 'twice'");
  expect_failure("public.handlers", "more than one function named");
}

TEST_F(Limit, ChecksThatReadEachOthersTablesAreNamed) {
  source_.psql(R"(
    create table a (v int); create table b (v int);
    create function in_a(int) returns bool language sql as 'select exists (select from public.a where v = $1)';
    create function in_b(int) returns bool language sql as 'select exists (select from public.b where v = $1)';
    insert into a values (1); insert into b values (1);
    alter table a add constraint a_in_b check (in_b(v)); alter table b add constraint b_in_a check (in_a(v));)");
  expect_failure("violates check constraint", "_in_");
}

}  // namespace
}  // namespace pghaul::fidelity

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

/// A role of the target alone, which is no superuser.
class Role {
 public:
  explicit Role(std::string name) : name_(std::move(name)) {
    support::shared_target().psql("postgres", "create role " + name_ + " login");
  }
  ~Role() { support::shared_target().psql("postgres", "drop role " + name_); }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

class SkipFailing : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: what an ordinary role can't make";
    source_.psql(R"(
      create schema app;
      create table app.fine (id int primary key, v text);
      insert into app.fine select i, 'row' from generate_series(1, 30) i;
      create extension pageinspect;
      create function app.in_c(internal) returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
      create function app.leaks() returns int language sql leakproof as 'select 1';
      create table app.needs (id int primary key, n int default app.leaks());
      insert into app.needs values (1);
      create view app.needs_it_too as select id from app.needs;
      create table app.refers (id int references app.needs);
      create function app.e() returns event_trigger language plpgsql as 'begin end';
      create event trigger watch on ddl_command_end execute function app.e();
      create table app.above (a int, b int);
      create table app.below () inherits (app.above);
      alter table only app.above alter b set not null;
      insert into app.below values (1, null);
      create function app.f(int) returns int language plpgsql immutable as 'begin return $1; end';
      create table app.computed (a int, b int generated always as (app.f(a)) stored);
      alter function app.f stable;)");
    target_.psql("alter database " + target_.name() + " owner to " + role_.name());
  }
  ~SkipFailing() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] support::Haul run(const std::string& verb, std::vector<std::string> options,
                                  const std::string& from = {}) const {
    options.insert(options.begin(), {verb, from.empty() ? source_.uri() : from, target_.uri(), "-O", "-x",
                                     "--target-role", role_.name(), "--no-comments"});
    return support::haul(options);
  }

  static void expect_left_out(const support::Haul& done, const std::vector<std::string>& objects) {
    for (const std::string& object : objects) {
      EXPECT_NE(done.report["left_out"].dump().find(object), std::string::npos)
          << object << " in " << done.report["left_out"].dump(1);
    }
  }

  const support::Database source_{support::shared_source()};
  const Role role_{source_.name() + "_skips"};
  const support::Database target_{support::shared_target()};
  const std::string folder_ = testing::TempDir() + target_.name();
};

TEST_F(SkipFailing, LeavesOutWhatNeedsASuperuserAndWhatNeedsThat) {
  EXPECT_EQ(run("copy", {}).exit_status, 3);
  const support::Haul planned = run("plan", {"--skip-failing"});
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  const support::Haul copied = run("copy", {"--skip-failing"});
  ASSERT_EQ(copied.exit_status, 0) << copied.err << copied.report["verification"].dump(1);
  EXPECT_TRUE(copied.report.value("partial", false));
  expect_left_out(copied, {"extension pageinspect", "function app.in_c(internal)", "function app.leaks()",
                           "table app.needs", "view app.needs_it_too", "event trigger watch",
                           "app.refers refers_id_fkey", "table app.below", "table app.computed"});
  EXPECT_EQ(target_.psql("select count(*) from app.fine"), "30");
  EXPECT_EQ(target_.psql("select count(*) from app.refers"), "0");
  EXPECT_EQ(target_.psql("select to_regclass('app.needs') is null, count(*) from pg_event_trigger"), "t|0");
  const support::Haul same = run("verify", {"--skip-failing"});
  EXPECT_EQ(same.exit_status, 0) << same.err << same.report["verification"].dump(1);
}

TEST_F(SkipFailing, WorksFromAnArchive) {
  // An archive's catalog tells neither which functions are a superuser's, nor what no server would take
  // again.
  source_.psql("drop function app.in_c; drop function app.leaks cascade");
  source_.psql("drop table app.below, app.computed");
  const support::Haul stored = support::haul({"copy", source_.uri(), "archive:" + folder_});
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  const support::Haul copied = run("copy", {"--skip-failing"}, "archive:" + folder_);
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  expect_left_out(copied, {"extension pageinspect", "event trigger watch"});
  EXPECT_EQ(target_.psql("select count(*) from app.fine"), "30");
}

}  // namespace
}  // namespace pghaul::fidelity

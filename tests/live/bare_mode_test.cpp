// Switchovers where the role may not set session_replication_role on the new server: triggers and foreign
// keys are set aside there for as long as it follows.

#include "live/switching.h"

namespace pghaul::live {
namespace {

class BareMode : public Switchover {
 protected:
  BareMode() : role_("bare_" + new_.name()), target_(new_.uri()) {
    old_.psql(
        "CREATE TABLE log (id int PRIMARY KEY); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO public.log SELECT coalesce(max(id), 0) + 1 FROM public.log; RETURN NULL; END$$;"
        "CREATE TRIGGER note AFTER UPDATE ON accounts FOR EACH ROW EXECUTE PROCEDURE note();"
        "CREATE TABLE moves (id int PRIMARY KEY, account int REFERENCES accounts ON DELETE CASCADE);"
        "INSERT INTO moves VALUES (1, 1), (2, 2), (3, 3)");
    new_.psql("CREATE ROLE " + role_ + " LOGIN REPLICATION; ALTER DATABASE " + new_.name() + " OWNER TO " +
              role_);
    target_.replace(target_.find("postgres@"), std::string("postgres").size(), role_);
  }
  ~BareMode() override {
    follower_.reset();
    new_.psql("REASSIGN OWNED BY " + role_ + " TO postgres; DROP OWNED BY " + role_ + "; DROP ROLE " + role_);
  }

  /// Waits until `database` shows it.
  void await(const support::Database& database, const std::string& query, const std::string& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    while (steady_clock::now() < deadline) {
      try {
        if (database.psql(query) == wanted) return;
      } catch (const std::exception&) {  // not copied yet
      }
      ASSERT_FALSE(follower_->ends_within(milliseconds(20))) << follower_->wait().err;
    }
    FAIL() << query << " does not become " << wanted << ": " << follower_->err();
  }
  support::Haul switch_to(const support::Database& opened, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"switchover", "--confirm", opened.name(), "--at-most", "20s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {old_.uri(), target_});
    return support::haul(arguments);
  }

  const std::string role_;
  std::string target_;
};

constexpr const char* kRules =
    "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE 'pghaul%' ORDER BY "
    "1;"
    " SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = 'f' AND "
    "connamespace = 'public'::regnamespace ORDER "
    "BY "
    "1";

TEST_F(BareMode, BringsBackWhatWasSetAsideAndReturns) {
  const std::string rules = old_.psql(kRules);
  follower_ = std::make_unique<support::Process>(std::vector<std::string>{PGHAUL_COMMAND, "copy", "--follow",
                                                                          old_.uri(), target_, "--progress",
                                                                          "none", "--no-owner", "--no-acl"});
  await(new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1");
  old_.psql("UPDATE accounts SET balance = 5 WHERE id < 30; DELETE FROM accounts WHERE id = 1");
  await(new_, "SELECT count(*) FROM accounts WHERE balance = 5", "28");
  EXPECT_NE(new_.psql(kRules), rules);
  const support::Haul switched = switch_to(new_);
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  EXPECT_EQ(new_.psql(kRules), rules);
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(new_.psql("SELECT count(*) FROM log"), "29");
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");

  new_.psql("UPDATE accounts SET balance = 6 WHERE id < 5; DELETE FROM accounts WHERE id = 2");
  await(old_, "SELECT count(*) FROM accounts WHERE balance = 6", "2");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM log"), "32") << "one note for each of three rows";
  EXPECT_EQ(old_.psql("SELECT count(*) FROM moves"), "1");
  const support::Haul back = switch_to(old_, {"--back"});
  ASSERT_EQ(back.exit_status, 0) << back.err;
  EXPECT_EQ(back.report["switchover"]["proved"], true) << back.report["switchover"];
  EXPECT_EQ(old_.psql(kRules), rules);
  old_.psql("UPDATE accounts SET balance = 7 WHERE id = 3");
  await(new_, "SELECT balance FROM accounts WHERE id = 3", "7");
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(new_.psql("SELECT count(*) FROM log"), "33");
  stop_following();
  const support::Haul finished = support::haul({"abandon", old_.uri(), target_});
  EXPECT_EQ(finished.exit_status, 0) << finished.err;
  EXPECT_EQ(new_.psql(kRules), rules);
}

}  // namespace
}  // namespace pghaul::live

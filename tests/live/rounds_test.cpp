// Rounds: what a live copy changes is compared while it follows.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "live/live_copy.h"

namespace pghaul::live {
namespace {

using nlohmann::json;

class Rounds : public LiveCopy {
 protected:
  Rounds() {
    source_.psql(
        "CREATE TABLE log (line text); ALTER TABLE log REPLICA IDENTITY FULL;"
        "CREATE TABLE tags (day date, name text, weight numeric, PRIMARY KEY (name, day));"
        "INSERT INTO tags SELECT date '2026-01-01' + i, 'it''s', i FROM generate_series(1, 50) AS i");
  }
  /// Waits until the status is as wanted.
  json status_when(const std::function<bool(const json&)>& wanted) {
    const auto deadline = steady_clock::now() + kLongEnough;
    json live;
    while (steady_clock::now() < deadline) {
      const support::Haul status = support::haul({"status", target_.uri()});
      live = status.report.is_object() ? status.report.value("live", json::object()) : json::object();
      if (wanted(live)) return live;
    }
    ADD_FAILURE() << live.dump(1) << follower_->err();
    return live;
  }
  /// Waits until all has been compared that the source has committed until now.
  json proved() {
    const std::string now =
        source_.psql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    return status_when([&](const json& live) { return live.value("proved_until", "") > now; });
  }
  static std::string differences(const json& live) {
    return live.contains("different") ? live["different"].dump() : std::string();
  }
};

TEST_F(Rounds, FindARowThatWasChangedADeleteThatWasLostAndAnInsertThatWasDoubled) {
  const std::filesystem::path report = std::filesystem::temp_directory_path() / (target_.name() + ".json");
  follow({"--round-every", "1s", "--report", report.string()});
  catch_up();
  {
    const Application application(source_);
    EXPECT_EQ(proved()["different"], json::array());
  }
  source_.psql(
      "UPDATE tags SET weight = 0; UPDATE tags SET name = 'x' WHERE day > '2026-02-01'; TRUNCATE log");
  catch_up();
  EXPECT_EQ(proved()["not_compared"], json::array());
  EXPECT_EQ(target_.psql("SELECT count(*) FROM pghaul_journal.follow_unproved"), "0");

  // What somebody else does on the target, in such a way that no change of the source mends or stops at it.
  target_.psql(
      "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
      " IF TG_OP = 'UPDATE' THEN NEW.balance := NEW.balance + 1; RETURN NEW; END IF;"
      " IF TG_OP = 'DELETE' THEN INSERT INTO public.tags VALUES (OLD.day, OLD.name, OLD.weight); RETURN "
      "NULL; END IF;"
      " INSERT INTO public.log VALUES (NEW.line); RETURN NULL; END$$;"
      "CREATE TRIGGER spoil BEFORE UPDATE ON accounts FOR EACH ROW WHEN (NEW.id = 6) EXECUTE FUNCTION "
      "spoil();"
      "CREATE TRIGGER spoil AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION spoil();"
      "CREATE TRIGGER spoil AFTER INSERT ON log FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "
      "spoil();"
      "ALTER TABLE accounts ENABLE ALWAYS TRIGGER spoil; ALTER TABLE tags ENABLE ALWAYS TRIGGER spoil;"
      "ALTER TABLE log ENABLE ALWAYS TRIGGER spoil");
  source_.psql(
      "UPDATE accounts SET balance = 7 WHERE id IN (5, 6, 7); DELETE FROM tags WHERE day = '2026-01-05';"
      "INSERT INTO log VALUES ('once')");
  const json live = status_when([](const json& now) {
    const std::string found = differences(now);
    return found.find("accounts") != std::string::npos && found.find("tags") != std::string::npos &&
           found.find("log") != std::string::npos;
  });
  const std::string found = differences(live);
  EXPECT_NE(found.find("public.accounts: 1 changed: (id) = (6) changed"), std::string::npos) << found;
  EXPECT_NE(found.find("public.tags: 1 too many: (name, day) = (it's, 2026-01-05) extra"), std::string::npos)
      << found;
  EXPECT_NE(found.find("public.log: 1 too many"), std::string::npos) << found;
  EXPECT_EQ(live["ready"], false);
  EXPECT_NE(live["not_ready"].dump().find("rows differ between source and target"), std::string::npos);

  target_.psql(
      "DROP FUNCTION spoil() CASCADE; UPDATE accounts SET balance = 7 WHERE id = 6;"
      "DELETE FROM tags WHERE day = '2026-01-05'; DELETE FROM log WHERE ctid IN (SELECT ctid FROM log LIMIT "
      "1)");
  EXPECT_EQ(proved()["different"], json::array());
  EXPECT_NE(interrupt().err.find("rows that were changed since the copy differ"), std::string::npos);
  std::ifstream written(report);
  const json rounds = json::parse(written)["live"]["rounds"];
  std::filesystem::remove(report);
  EXPECT_TRUE(std::ranges::any_of(rounds, [](const json& one) { return one["different"] > 0; })) << rounds;
  EXPECT_EQ(rounds.back()["different"], 0) << rounds;
}

TEST_F(Rounds, CompareTheWholeTableWhereAKillHasLostWhichRowsWereChanged) {
  follow({"--round-every", "1h"});
  status_when([](const json& now) { return now.contains("proved_until"); });
  source_.psql("UPDATE accounts SET balance = 7 WHERE id = 5");
  ASSERT_TRUE(target_shows("SELECT balance FROM accounts WHERE id = 5", "7"));
  follower_->send(SIGKILL);
  [[maybe_unused]] const support::ProcessResult killed = follower_->wait();
  target_.psql("UPDATE accounts SET balance = 1 WHERE id = 11; UPDATE tags SET weight = -1");
  follow({"--resume", "--round-every", "1h"});
  const json live =
      status_when([](const json& now) { return now.contains("different") && !now["different"].empty(); });
  EXPECT_EQ(differences(live), R"(["public.accounts: 1 changed: (id) = (11) changed"])");
  interrupt();
}

}  // namespace
}  // namespace pghaul::live

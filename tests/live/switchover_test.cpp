// pghaul switchover, as its users have it: with writers of all kinds, those that stand in its way, and kills.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "live/switching.h"

namespace pghaul::live {
namespace {

/// The other one may be about to follow, as after a copy, or may never do so.
TEST_F(Switchover, WaitsForAPghaulThatWorksInTheTargetAndFollowsByItselfOnceThatHasGone) {
  follow();
  stop_following();
  postgres::Connection other = session_to(new_.uri(), postgres::Side::target);
  ASSERT_TRUE(other.execute("SELECT pg_catalog.pg_advisory_lock(1885825121, 1)"));
  const support::Haul waited = switch_over({"--wait-ready", "1s"});
  EXPECT_EQ(waited.exit_status, 3) << waited.err;
  EXPECT_NE(waited.err.find("the switchover did not begin"), std::string::npos) << waited.err;
  ASSERT_TRUE(other.execute("SELECT pg_catalog.pg_advisory_unlock(1885825121, 1)"));
  const support::Haul switched = switch_over();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
}

TEST_F(Switchover, LosesNoAcknowledgedWriteAndLetsNoneInLater) {
  follow();
  postgres::Connection before = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(before.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM public.accounts"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int client = 1; client <= 3; ++client) clients.push_back(std::make_unique<Client>(old_.uri(), client));
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["status"], "switched");
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  int acknowledged = 0;
  for (const auto& client : clients) {
    acknowledged += client->stop();
    EXPECT_TRUE(client->refusal().starts_with("25006")) << client->refusal();
    EXPECT_NE(client->refusal().find("this database has moved to"), std::string::npos) << client->refusal();
  }
  EXPECT_EQ(new_.psql("SELECT count(*) FROM notes"), std::to_string(acknowledged));
  EXPECT_EQ(contents(old_), contents(new_));

  for (const char* writer :
       {"INSERT INTO accounts VALUES (7000)", "DELETE FROM accounts WHERE false", "TRUNCATE notes",
        "SET session_replication_role = replica; UPDATE accounts SET balance = 0",
        "SET default_transaction_read_only = off; INSERT INTO days_0 VALUES (0, 7000)",
        "INSERT INTO days VALUES (5, 5)", "COPY accounts FROM PROGRAM 'echo 7000,0' WITH (FORMAT csv)"}) {
    EXPECT_EQ(refused(writer), "25006") << writer;
  }
  const Status stale = before.execute("UPDATE public.accounts SET balance = -1 WHERE id = 50");
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().sqlstate, "25006");
  EXPECT_EQ(contents(old_), contents(new_));

  EXPECT_EQ(
      new_.psql("INSERT INTO notes (client, number) VALUES (9, 9) RETURNING id > (SELECT max(id) FROM notes"
                " WHERE client < 9)"),
      "t");
  const support::Haul again = switch_over();
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(again.report["switchover"]["resumed"], true);
  const support::Haul abandoned =
      support::haul({"abandon", old_.uri(), "host=/nowhere port=1 user=postgres dbname=" + new_.name()});
  EXPECT_EQ(abandoned.exit_status, 3) << abandoned.err;
  EXPECT_NE(abandoned.err.find("a switchover has closed the source"), std::string::npos) << abandoned.err;
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
}

/// A writer that begins when writers are about to wait; one that is there before would have to be waited for.
TEST_F(Switchover, IsGivenUpBecauseOfAWriterThatItNamesOrEnds) {
  follow();
  std::string folder = std::filesystem::temp_directory_path() / "pghaul-switchover-XXXXXX";
  folder = mkdtemp(folder.data());
  const std::string held = folder + "/held";
  const std::string go = folder + "/go";
  const std::string states = folder + "/states";
  support::Process switching(
      {PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "60s", "--attempts", "1",
       "--on-hold", "touch " + held + "; until test -e " + go + "; do sleep 0.05; done", "--on-open",
       "echo $PGHAUL_STATE $PGHAUL_NEW_DATABASE >> " + states, old_.uri(), new_.uri()});
  const auto deadline = steady_clock::now() + kLongEnough;
  while (!std::filesystem::exists(held) && steady_clock::now() < deadline) {
    ASSERT_FALSE(switching.ends_within(milliseconds(20))) << switching.wait().err;
  }
  const support::Haul second = switch_over();
  EXPECT_EQ(second.exit_status, 3) << second.err;
  EXPECT_NE(second.err.find("another switchover of this live copy is under way"), std::string::npos)
      << second.err;
  postgres::Connection writer = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(
      writer.execute("SET application_name = 'payroll'; BEGIN; UPDATE public.accounts SET balance = 5"
                     " WHERE id = 5"));
  std::ofstream(go).put('\n');
  const support::ProcessResult given_up = switching.wait();
  EXPECT_EQ(given_up.exit_status, 7) << given_up.err;
  EXPECT_NE(given_up.err.find("payroll"), std::string::npos) << given_up.err;
  EXPECT_NE(given_up.err.find("UPDATE public.accounts SET balance = 5"), std::string::npos) << given_up.err;
  std::string state;
  std::ifstream lines(states);
  std::getline(lines, state);
  EXPECT_EQ(state, "given_up " + new_.name());
  std::filesystem::remove_all(folder);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (101)"), "");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%' AND tgrelid <> "
                      "'accounts'::regclass"),
            "0");
  const support::Haul switched =
      switch_over({"--at-most", "2s", "--attempts", "50", "--end-blockers", "--no-way-back"});
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_FALSE(writer.execute("COMMIT"));
  EXPECT_EQ(new_.psql("SELECT count(*) FROM accounts WHERE balance = 5"), "0");
  EXPECT_EQ(new_.psql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"), "0");
  EXPECT_EQ(contents(old_), contents(new_));
}

TEST_F(Switchover, NeedsNoOtherProcessAndCanBeRehearsed) {
  follow();
  stop_following();
  old_.psql("INSERT INTO accounts VALUES (500, 500)");
  const support::Haul unconfirmed = support::haul({"switchover", old_.uri(), new_.uri()});
  EXPECT_EQ(unconfirmed.exit_status, 3);
  EXPECT_NE(unconfirmed.err.find("--confirm " + new_.name()), std::string::npos) << unconfirmed.err;
  old_.psql("BEGIN; INSERT INTO accounts VALUES (501); PREPARE TRANSACTION '" + old_.name() + "'");
  const support::Haul prepared = switch_over({"--wait-ready", "1s"});
  EXPECT_EQ(prepared.exit_status, 3) << prepared.err;
  EXPECT_NE(prepared.err.find("prepared transaction '" + old_.name() + "'"), std::string::npos)
      << prepared.err;
  old_.psql("ROLLBACK PREPARED '" + old_.name() + "'");
  const support::Haul rehearsed = switch_over({"--rehearse"});
  ASSERT_EQ(rehearsed.exit_status, 0) << rehearsed.err;
  EXPECT_EQ(rehearsed.report["status"], "rehearsed");
  EXPECT_GT(rehearsed.report["switchover"]["forecast_seconds"], 0);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (501)"), "");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%'"), "0");
  const support::Haul switched = switch_over();
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (502)"), "25006");
  EXPECT_EQ(new_.psql("SELECT sum FROM total"), "500");
}

/// Killed before its decision, it has left what the way back needs on the new server.
TEST_F(Switchover, LeavesNothingOnTheNewServerOnceAbandoned) {
  follow();
  support::Process doomed({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--on-hold",
                           "exec sleep 60", "--at-most", "60s", old_.uri(), new_.uri()});
  const char* const slots = "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()";
  const auto deadline = steady_clock::now() + kLongEnough;
  while (new_.psql(slots) == "0" && steady_clock::now() < deadline)
    ASSERT_FALSE(doomed.ends_within(milliseconds(1)));
  doomed.send(SIGKILL);
  [[maybe_unused]] const support::ProcessResult ended = doomed.wait();
  stop_following();
  const support::Haul abandoned = support::haul({"abandon", old_.uri(), new_.uri()});
  EXPECT_EQ(abandoned.exit_status, 0) << abandoned.err;
  for (const support::Database* database : {&old_, &new_}) {
    EXPECT_EQ(database->psql(slots), "0");
    EXPECT_EQ(
        database->psql("SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal) + (SELECT count(*)"
                       " FROM pg_namespace WHERE nspname LIKE 'pghaul%') + (SELECT count(*) FROM "
                       "pg_publication)"),
        "0");
  }
}

/// The old server's numbers while it is closed, and afterwards: the new one gives out others.
TEST_F(Switchover, LeavesNoNumberOfASequenceToBothServers) {
  old_.psql(
      "CREATE SEQUENCE plain; CREATE SEQUENCE cached CACHE 20; CREATE SEQUENCE down INCREMENT -3 MAXVALUE "
      "100 START"
      " 100 MINVALUE -9000000000; CREATE SEQUENCE round AS int MAXVALUE 2000000000 CYCLE; CREATE SEQUENCE "
      "unused;"
      "CREATE SEQUENCE steps INCREMENT 10; CREATE SEQUENCE small AS smallint; CREATE SEQUENCE large; CREATE "
      "SEQUENCE"
      " chosen; SELECT nextval('plain'), nextval('cached'), nextval('down'), nextval('round'), "
      "nextval('steps'),"
      " setval('small', 32700), setval('large', 9223372036854775000), setval('chosen', 50, false)");
  follow();
  const std::vector<std::string> names{"plain", "cached", "down",  "round", "unused",
                                       "steps", "small",  "large", "chosen"};
  std::vector<std::set<std::string>> given(names.size());
  std::vector<std::jthread> takers;
  std::atomic<bool> over = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i >= 4 && names[i] != "steps") continue;
    takers.emplace_back([&, i] {
      postgres::Connection session = session_to(old_.uri(), postgres::Side::source);
      while (!over) {
        const Result<postgres::Rows> taken = session.query("SELECT nextval('public." + names[i] + "')");
        if (taken) given[i].insert(taken->string(0, 0));
      }
    });
  }
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  over = true;
  takers.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string query = "SELECT nextval('public." + names[i] + "') FROM generate_series(1, 50)";
    postgres::Connection late = session_to(old_.uri(), postgres::Side::source);
    EXPECT_FALSE(late.query("SELECT nextval('public." + names[i] + "')")) << names[i];
    postgres::Connection target = session_to(new_.uri(), postgres::Side::source);
    const Result<postgres::Rows> next = target.query(query);
    ASSERT_TRUE(next) << next.error().message;
    for (int row = 0; row < next->size(); ++row)
      EXPECT_FALSE(given[i].contains(next->string(row, 0))) << names[i];
  }
  EXPECT_EQ(
      new_.psql("SELECT concat_ws(' ', nextval('unused') - 50, nextval('chosen') - 50, nextval('small'),"
                " nextval('large'))"),
      "1 50 32751 9223372036854775051");
  EXPECT_EQ(
      new_.psql("SELECT count(*) FROM pg_sequences WHERE sequencename = 'down' AND increment_by = -3 AND"
                " min_value = -9000000000 AND max_value = 100 AND NOT cycle"),
      "1");
}

/// It has a sequence's lock that closing waits for, and waits for a table in turn: of several attempts one is
/// seen at work, and its end lets the client go on.
TEST_F(Switchover, LetsAClientGoOnThatHasTakenANumber) {
  follow();
  postgres::Connection client = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(client.execute("SET application_name = 'taker'; BEGIN; SELECT nextval('public.notes_id_seq')"));
  postgres::Connection watch = session_to(old_.uri(), postgres::Side::source);
  support::Process switching({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--at-most", "20s",
                              "--attempts", "200", old_.uri(), new_.uri()});
  const auto deadline = steady_clock::now() + kLongEnough;
  const auto is_held = [&] {
    const Result<postgres::Rows> locks = watch.query(
        "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'ShareRowExclusiveLock' AND relation ="
        " 'public.accounts'::regclass");
    return locks && locks->integer(0, 0) > 0;
  };
  while (!is_held()) {
    ASSERT_LT(steady_clock::now(), deadline) << switching.err();
    ASSERT_FALSE(switching.ends_within(milliseconds(1))) << switching.wait().err;
  }
  const Status written = client.execute("UPDATE public.accounts SET balance = 5 WHERE id = 5");
  EXPECT_TRUE(written) << written.error().message;
  while (switching.err().find("application taker") == std::string::npos) {
    ASSERT_LT(steady_clock::now(), deadline) << switching.err();
    ASSERT_FALSE(switching.ends_within(milliseconds(20))) << switching.wait().err;
  }
  EXPECT_TRUE(client.execute("COMMIT"));
  const support::ProcessResult switched = switching.wait();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(contents(old_), contents(new_));
}

TEST_F(Switchover, IsRefusedWhileDefinitionsDiffer) {
  follow();
  new_.psql("ALTER TABLE accounts ALTER balance DROP DEFAULT");
  const support::Haul refused_one = switch_over();
  EXPECT_EQ(refused_one.exit_status, 3) << refused_one.err;
  EXPECT_NE(
      refused_one.err.find("the definitions of source and target differ: column balance of public.accounts"),
      std::string::npos)
      << refused_one.err;
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (700)"), "");
  EXPECT_EQ(old_.psql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pghaul%'"), "0");
  new_.psql("ALTER TABLE accounts ALTER balance SET DEFAULT 0");
  const support::Haul switched = switch_over();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
}

/// Event triggers fire as on the old server, and not for what pghaul does; the planner has statistics.
TEST_F(Switchover, LeavesEventTriggersAndStatisticsAsTheyWere) {
  old_.psql(
      "CREATE TABLE ddl (command text PRIMARY KEY); CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE "
      "plpgsql AS"
      " $$BEGIN INSERT INTO public.ddl VALUES (tg_tag) ON CONFLICT DO NOTHING; END$$;"
      "CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE PROCEDURE log_ddl();"
      "CREATE EVENT TRIGGER off ON ddl_command_end EXECUTE PROCEDURE log_ddl(); ALTER EVENT TRIGGER off "
      "DISABLE;"
      "CREATE EVENT TRIGGER always ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE') EXECUTE PROCEDURE "
      "log_ddl(); ALTER EVENT TRIGGER always "
      "ENABLE ALWAYS;"
      "ANALYZE");
  const std::string triggers = "SELECT evtname, evtenabled FROM pg_event_trigger ORDER BY 1";
  const std::string before = old_.psql(triggers);
  follow();
  EXPECT_EQ(old_.psql("SELECT count(*) FROM ddl"), "0");
  old_.psql("CREATE TABLE late (id serial PRIMARY KEY)");  // pg_restore makes its sequence by itself
  const support::Haul switched = switch_over();
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true);
  EXPECT_EQ(new_.psql("SELECT count(*) FROM ddl WHERE command LIKE '%SEQUENCE'"), "0");
  EXPECT_EQ(new_.psql(triggers), before);
  EXPECT_EQ(old_.psql(triggers), before);
  EXPECT_EQ(new_.psql("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'accounts'"), "t");
  new_.psql("DELETE FROM ddl; COMMENT ON TABLE accounts IS 'moved'");
  EXPECT_EQ(new_.psql("SELECT * FROM ddl"), "COMMENT");
}

/// Sessions of applications that only read would go on on the old server. pghaul's own are not ended: it
/// compares, and the one that follows turns round.
TEST_F(Switchover, EndsTheSessionsOfTheOldServerOnRequest) {
  follow();
  postgres::Connection reader = session_to(old_.uri(), postgres::Side::source);
  ASSERT_TRUE(reader.execute("SET application_name = 'reporting'"));
  const support::Haul switched = switch_over({"--end-sessions"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["ended_sessions"], 1) << switched.report["switchover"];
  EXPECT_EQ(switched.report["switchover"]["proved"], true);
  EXPECT_FALSE(reader.query("SELECT 1"));
  EXPECT_EQ(old_.psql("SELECT sum(balance) FROM accounts"), new_.psql("SELECT sum(balance) FROM accounts"));
  new_.psql("INSERT INTO accounts VALUES (900, 9)");
  const auto deadline = steady_clock::now() + kLongEnough;
  while (old_.psql("SELECT count(*) FROM accounts WHERE id = 900") == "0" && steady_clock::now() < deadline) {
    ASSERT_FALSE(follower_->ends_within(milliseconds(20))) << follower_->wait().err;
  }
  EXPECT_EQ(old_.psql("SELECT count(*) FROM accounts WHERE id = 900"), "1");
}

/// Killed when its commit waits for a standby, so that nobody sees it yet: the next run must not decide
/// again, as by then clients may write to the new server.
TEST_F(Switchover, WaitsForTheDecisionOfARunThatWasKilled) {
  follow();
  support::Process killed(switchover_that_waits_for_a_standby());
  const auto deadline = steady_clock::now() + kLongEnough;
  const auto count = [&](const std::string& condition) {
    return old_.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " +
                     condition);
  };
  while (count("wait_event = 'SyncRep' AND query = 'COMMIT'") == "0" && steady_clock::now() < deadline)
    ASSERT_FALSE(killed.ends_within(milliseconds(20))) << killed.wait().err;
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().exit_status, 128 + SIGKILL);
  const std::string report =
      std::filesystem::temp_directory_path() / ("pghaul-report-" + new_.name() + ".json");
  support::Process next(
      {PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--report", report, old_.uri(), new_.uri()});
  while (count("wait_event_type = 'Lock' AND application_name LIKE 'pghaul%'") == "0" &&
         steady_clock::now() < deadline) {
    if (next.ends_within(milliseconds(20))) break;
  }
  while (next.err().find("waits for a synchronous standby") == std::string::npos &&
         steady_clock::now() < deadline) {
    if (next.ends_within(milliseconds(20))) break;
  }
  EXPECT_NE(next.err().find("waits for a synchronous standby"), std::string::npos) << next.err();
  forget_the_standby();
  const support::ProcessResult switched = next.wait();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  std::ifstream file(report);
  EXPECT_EQ(nlohmann::json::parse(file)["switchover"]["resumed"], true);
  std::filesystem::remove(report);
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
  EXPECT_EQ(contents(old_), contents(new_));
}

/// It does not wait without end, and names whom it has waited for.
TEST_F(Switchover, IsRefusedWhereAnotherDecisionDoesNotEnd) {
  follow();
  support::Process killed(switchover_that_waits_for_a_standby());
  const auto deadline = steady_clock::now() + kLongEnough;
  const auto waits = [&] {
    return old_.psql(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
               " wait_event = 'SyncRep' AND query = 'COMMIT'") == "1";
  };
  while (!waits() && steady_clock::now() < deadline)
    ASSERT_FALSE(killed.ends_within(milliseconds(20))) << killed.wait().err;
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().exit_status, 128 + SIGKILL);
  const support::Haul next =
      support::haul({"switchover", "--confirm", new_.name(), "--wait-ready", "1s", old_.uri(), new_.uri()});
  EXPECT_EQ(next.exit_status, 3) << next.err;
  EXPECT_NE(next.err.find("COMMIT on the source has not ended: session "), std::string::npos) << next.err;
  forget_the_standby();
  EXPECT_EQ(switch_over().exit_status, 0);
}

/// Another switchover may have begun once the lock is lost. The next attempt takes it again.
TEST_F(Switchover, IsNotDecidedWithoutTheLockThatKeepsOthersOut) {
  follow();
  const std::string lose =
      "psql -XAtqc \"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2"
      " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())\" '" +
      new_.uri() + "'";
  const support::Haul lost = switch_over({"--attempts", "1", "--on-hold", lose});
  EXPECT_EQ(lost.exit_status, 7) << lost.err;
  EXPECT_NE(lost.err.find("keeps other switchovers of this live copy out is gone"), std::string::npos)
      << lost.err;
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (101)"), "");
  const std::string once = std::filesystem::temp_directory_path() / ("pghaul-once-" + new_.name());
  const support::Haul again = switch_over(
      {"--attempts", "3", "--on-hold", "test -e " + once + " || { touch " + once + "; " + lose + "; }"});
  std::filesystem::remove(once);
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(again.report["switchover"]["attempts"], 2) << again.report["switchover"];
  EXPECT_EQ(contents(old_), contents(new_));
}

/// Writes down the decision as a run does that has the lock since this one lost it.
TEST_F(Switchover, IsNotTriedAgainOnceAnotherOneHasDecided) {
  follow();
  const std::string hook = std::filesystem::temp_directory_path() / ("pghaul-decided-" + new_.name());
  const support::Haul late = switch_over(
      {"--attempts", "3", "--on-hold",
       "echo >> " + hook + "; psql -XAtqc 'UPDATE pghaul_live.copies SET turn = 1' '" + old_.uri() + "'"});
  EXPECT_EQ(std::filesystem::file_size(hook), 1);
  std::filesystem::remove(hook);
  EXPECT_EQ(late.exit_status, 5) << late.err;
  EXPECT_EQ(late.report["switchover"]["state"], "decided");
  EXPECT_EQ(late.report["switchover"]["attempts"], 1);
  EXPECT_NE(late.err.find("another switchover has closed the source meanwhile"), std::string::npos)
      << late.err;
  EXPECT_EQ(late.err.find("the source is open"), std::string::npos) << late.err;
}

/// The session is ended when its commit has happened and waits for a standby, so that nobody hears of it.
TEST_F(Switchover, FindsOutWhatWasDecidedWhenTheAnswerIsLost) {
  follow();
  support::Process switching(switchover_that_waits_for_a_standby());
  const auto deadline = steady_clock::now() + kLongEnough;
  const auto ends_the_session = [&] {
    return old_.psql(
               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
               " AND query = 'COMMIT' AND datname = current_database()") == "1";
  };
  while (!ends_the_session() && steady_clock::now() < deadline) {
    if (switching.ends_within(milliseconds(20))) break;
  }
  forget_the_standby();
  const support::ProcessResult switched = switching.wait();
  EXPECT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
  EXPECT_EQ(contents(old_), contents(new_));
}

/// Killed when a step has ended: the old server is open and nothing is decided, or closed and the new one has
/// everything.
TEST_F(Switchover, IsCompletedOrUndoneAfterAKill) {
  follow();
  Client client(old_.uri(), 1);
  const std::string events = std::filesystem::temp_directory_path() / ("pghaul-events-" + new_.name());
  bool closed = false;
  for (const char* step : {"ready", "approach", "hold", "sequences", "drain", "rest", "decide"}) {
    if (closed) break;
    std::filesystem::remove(events);
    support::Process doomed({PGHAUL_COMMAND, "switchover", "--confirm", new_.name(), "--progress", "none",
                             "--events", events, "--at-most", "20s", "--attempts", "50", old_.uri(),
                             new_.uri()});
    const auto has_ended = [&, wanted = std::string("\"step\":\"") + step + "\""] {
      std::ifstream file(events);
      return std::string{std::istreambuf_iterator<char>(file), {}}.find(wanted) != std::string::npos;
    };
    while (!has_ended() && !doomed.ends_within(milliseconds(1))) {
    }
    doomed.send(SIGKILL);
    [[maybe_unused]] const support::ProcessResult ended = doomed.wait();
    closed = !client.refusal().empty() ||
             refused("UPDATE accounts SET balance = balance WHERE id = 90") == "25006";
  }
  std::filesystem::remove(events);
  const support::Haul switched = switch_over({"--attempts", "50"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"].contains("resumed"), closed);
  const int acknowledged = client.stop();
  EXPECT_EQ(new_.psql("SELECT count(*) FROM notes"), std::to_string(acknowledged));
  EXPECT_EQ(contents(old_), contents(new_));
  EXPECT_EQ(refused("INSERT INTO accounts VALUES (7000)"), "25006");
}

}  // namespace
}  // namespace pghaul::live

// Followers that are killed at random moments, under random writers.

#include <gtest/gtest.h>

#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "live/followed.h"
#include "live/notes.h"
#include "support/repetitions.h"
#include "support/seed.h"

namespace pghaul::live {
namespace {

const std::string kSchema =
    "CREATE TABLE hot (id int PRIMARY KEY, n int); INSERT INTO hot SELECT i, 0 FROM generate_series(1, 3) AS "
    "i;"
    "CREATE TABLE keyed (id int PRIMARY KEY, other int UNIQUE, note text);"
    "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES keyed ON UPDATE CASCADE ON DELETE CASCADE,"
    " code text UNIQUE, place int UNIQUE);"
    "CREATE TABLE large (id int PRIMARY KEY, body text, n int); ALTER TABLE large ALTER body SET STORAGE "
    "EXTERNAL;"
    "CREATE TABLE parts (id int, part int, n int, PRIMARY KEY (id, part)) PARTITION BY LIST (part);"
    "CREATE TABLE parts_0 PARTITION OF parts FOR VALUES IN (0); CREATE TABLE parts_1 PARTITION OF parts "
    "DEFAULT;"
    "CREATE TABLE alike (a numeric, b text); ALTER TABLE alike REPLICA IDENTITY FULL;"
    "CREATE TABLE emptied (id int PRIMARY KEY);";

/// One session that commits, rolls back and prepares transactions until it is asked to stop.
class Writer {
 public:
  Writer(const support::Database& database, int number, std::uint64_t seed)
      : session_(session_to(database.uri(), postgres::Side::source)), number_(number), random_(seed) {
    // What it runs into may be another writer, in a deadlock or on the same key: that rolls it back.
    must("SET search_path = public; SET deadlock_timeout = '20ms'");
  }
  void run_transaction() {
    must("BEGIN");
    bool good = true;
    const std::size_t changes = 1 + below(6);
    for (std::size_t i = 0; i < changes && good; ++i) good = change();
    good = good && does(kTakeNote);
    if (!good || below(10) == 0) return must("ROLLBACK");
    if (below(12) > 0) return must("COMMIT");
    const std::string name = "'writer " + std::to_string(number_) + "'";
    must("PREPARE TRANSACTION " + name);
    must((below(3) > 0 ? "COMMIT PREPARED " : "ROLLBACK PREPARED ") + name);
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::string id(std::size_t limit = 60) { return std::to_string(below(limit)); }

  bool change() {
    switch (below(15)) {
      case 0:
        return does("UPDATE hot SET n = n + 1 WHERE id = " + std::to_string(1 + below(3)));
      case 1:
        return does("INSERT INTO keyed VALUES (" + id() + ", " + id() + ", 'new') ON CONFLICT DO NOTHING");
      case 2:
        return does("UPDATE keyed SET id = " + id() + " WHERE id = " + id());
      case 3:
        return does("UPDATE keyed SET other = " + id() + ", note = note || '.' WHERE id = " + id());
      case 4:
        return does("INSERT INTO large SELECT " + id(20) +
                    ", string_agg(md5(random()::text), ''), 0 FROM generate_series(1, 90) ON CONFLICT (id)"
                    " DO UPDATE SET n = large.n + 1");
      case 5:
        return does("UPDATE large SET n = n + 1, id = id + " + std::to_string(20 * below(2)) +
                    " WHERE id = " + id(20));
      case 6:
        return does("INSERT INTO parts SELECT i, i % 2, 0 FROM generate_series(" + id() +
                    ", 60) AS i"
                    " ON CONFLICT DO NOTHING");
      case 7:
        return does("UPDATE parts SET part = 1 - part, n = n + 1 WHERE id % 7 = " + id(7));
      case 8:
        return does("INSERT INTO alike SELECT 1.0, NULL FROM generate_series(0, " + id(3) +
                    "); INSERT INTO alike VALUES (1.00, '')");
      case 9:  // more than the case before adds, as each note reads all rows
        return does(
            "DELETE FROM alike WHERE ctid = ANY (ARRAY(SELECT ctid FROM alike ORDER BY random()"
            " LIMIT 4 FOR UPDATE))");
      case 10:
        if (below(4) == 0) return does("TRUNCATE emptied");
        return does("INSERT INTO emptied VALUES (" + id(1000) + ") ON CONFLICT DO NOTHING");
      case 11:
        return does("INSERT INTO child SELECT " + id() + ", id, 'c' || id, id FROM keyed WHERE id = " + id() +
                    " ON CONFLICT DO NOTHING");
      case 12:
        return does("DELETE FROM child WHERE id = " + id());
      case 13: {  // two rows exchange a unique value
        const std::string one = id();
        const std::string other = id();
        return does("UPDATE child SET place = -1 WHERE id = " + one) &&
               does("UPDATE child SET place = 100 + " + one + " WHERE id = " + other) &&
               does("UPDATE child SET place = 100 + " + other + " WHERE id = " + one);
      }
      default:
        return does("SAVEPOINT s") && change_and_forget() && does("DELETE FROM keyed WHERE id = " + id());
    }
  }
  bool change_and_forget() {
    const bool changed = does("UPDATE keyed SET note = 'forgotten'; INSERT INTO emptied VALUES (-1)");
    return does("ROLLBACK TO SAVEPOINT s") && (changed || true);
  }
  bool does(const std::string& sql) { return session_.execute(sql).has_value(); }
  void must(const std::string& sql) {
    if (const Status done = session_.execute(sql); !done) ADD_FAILURE() << done.error().message;
  }

  postgres::Connection session_;
  int number_;
  std::mt19937_64 random_;
};

TEST(FollowerKills, LeaveTheTargetAtAStateOfTheSource) {
  Followed pair(kSchema + notes_of({"hot", "keyed", "child", "large", "parts", "alike", "emptied"}));
  std::mt19937_64 random(support::seed_of_this_run());
  std::vector<std::jthread> writers;  // which end also where a follower can't be killed
  for (int number = 0; number < 4; ++number) {
    writers.emplace_back([&, number, seed = random()](const std::stop_token& stop) {
      Writer writer(pair.source(), number, seed);
      while (!stop.stop_requested()) writer.run_transaction();
    });
  }
  const int kills = support::repetitions("PGHAUL_TEST_KILLS", 10);
  for (int kill = 0; kill < kills; ++kill) {
    const std::size_t items = random() % 3000;
    const std::size_t together = random() % 2 == 0 ? 1 : 1 + random() % 50;
    const std::size_t bytes = std::size_t{1} << (8 + random() % 12);
    pair.catch_up_and_die(items, {.transactions = together, .batch_bytes = bytes});
    await_the_end_of_followers(pair);
    expect_a_state_of_the_source(pair, std::to_string(items) + " items, " + std::to_string(together) +
                                           " together, " + std::to_string(bytes) + " bytes");
  }
  writers.clear();
  const Status done = pair.catch_up();
  ASSERT_TRUE(done) << done.error().message;
  expect_a_state_of_the_source(pair, "at the end");
  expect_the_state_of_the_source(pair);
}

}  // namespace
}  // namespace pghaul::live

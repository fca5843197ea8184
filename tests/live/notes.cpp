#include "live/notes.h"

#include <gtest/gtest.h>

namespace pghaul::live {

std::string notes_of(const std::vector<std::string>& tables) {
  std::string lines;
  for (const std::string& table : tables) {
    lines += (lines.empty() ? "" : " UNION ALL ") + ("SELECT '" + table + "' || r::text AS line FROM ") +
             table + " AS r";
  }
  return "CREATE TABLE notes (seq int PRIMARY KEY, digest text);"
         "CREATE FUNCTION digest() RETURNS text LANGUAGE sql AS $$SELECT md5(string_agg(line, '|' ORDER BY "
         "line"
         " COLLATE \"C\")) FROM (" +
         lines + ") AS lines$$;";
}

void expect_a_state_of_the_source(const Followed& pair, const std::string& moment) {
  const std::string notes = pair.target().psql("SELECT count(*) = coalesce(max(seq), 0) FROM notes");
  EXPECT_EQ(notes, "t") << moment;
  const std::string wrong = pair.target().psql(
      "SELECT seq FROM notes WHERE seq = (SELECT max(seq) FROM notes) AND digest IS DISTINCT FROM digest()");
  EXPECT_EQ(wrong, "") << moment;
}

void expect_the_state_of_the_source(const Followed& pair) {
  const auto [source, target] = pair.both("SELECT count(*), max(seq), digest() FROM notes");
  EXPECT_EQ(source, target);
}

void await_the_end_of_followers(const Followed& pair) {
  pair.target().psql(
      "DO $$BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
      " AND application_name = 'pghaul') LOOP PERFORM pg_stat_clear_snapshot();"
      " END LOOP; END$$");
}

}  // namespace pghaul::live

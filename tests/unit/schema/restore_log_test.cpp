#include "schema/restore_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace pghaul::schema {
namespace {

RestoreLog log_of(const std::string& text) {
  RestoreLog log;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) log.read(line);
  return log;
}

TEST(RestoreLog, NamesWhatCouldNotBeCreatedAndWhy) {
  const RestoreLog log = log_of(
      "pg_restore: connecting to database for restore\n"
      "pg_restore: creating SCHEMA \"app\"\n"
      "pg_restore: creating TABLE \"app.plain\"\n"
      "pg_restore: while PROCESSING TOC:\n"
      "pg_restore: from TOC entry 226; 1259 19474 TABLE plain nasty_owner\n"
      "pg_restore: error: could not execute query: ERROR:  relation \"plain\" already exists\n"
      "Command was: CREATE TABLE app.plain (\n"
      "    id bigint NOT NULL\n"
      ");\n"
      "pg_restore: creating VIEW \"app.shown\"\n"
      "pg_restore: from TOC entry 248; 1259 19689 VIEW shown postgres\n"
      "pg_restore: error: could not execute query: ERROR:  column \"id\" does not exist\n"
      "LINE 2:  SELECT id,\n"
      "                ^\n"
      "HINT:  Perhaps you meant something else.\n"
      "Command was: CREATE VIEW app.shown AS\n"
      "pg_restore: warning: errors ignored on restore: 2\n");
  ASSERT_EQ(log.failures().size(), 2U);
  EXPECT_EQ(log.failures()[0].object, "TABLE app.plain");
  EXPECT_EQ(log.failures()[0].reason, "relation \"plain\" already exists");
  EXPECT_EQ(log.failures()[1].object, "VIEW app.shown");
  EXPECT_EQ(log.failures()[1].reason,
            "column \"id\" does not exist; HINT:  Perhaps you meant something else.");
  EXPECT_TRUE(log.broke_down().empty());
  EXPECT_FALSE(log.lost_connection());
}

TEST(RestoreLog, NamesAnObjectOnceWithItsFirstError) {
  const RestoreLog log = log_of(
      "pg_restore: creating TABLE \"app.plain\"\n"
      "pg_restore: error: could not execute query: ERROR:  no such type\n"
      "Command was: CREATE TABLE app.plain (a nowhere.t);\n"
      "pg_restore: error: could not execute query: ERROR:  relation \"app.plain\" does not exist\n"
      "Command was: ALTER TABLE app.plain OWNER TO postgres;\n");
  ASSERT_EQ(log.failures().size(), 1U);
  EXPECT_EQ(log.failures()[0].reason, "no such type");
  EXPECT_EQ(log.errors(), 2);
}

TEST(RestoreLog, KeepsStatementsAndTheirSecretsToItself) {
  const RestoreLog log = log_of(
      "pg_restore: creating USER MAPPING \"USER MAPPING x SERVER y\"\n"
      "pg_restore: error: could not execute query: ERROR:  syntax error\n"
      "LINE 1: CREATE USER MAPPING FOR x SERVER y OPTIONS (password 'secret'\n"
      "Command was: CREATE USER MAPPING FOR x SERVER y OPTIONS (\n"
      "    password 'secret'\n"
      "DETAIL: secret\n");
  ASSERT_EQ(log.failures().size(), 1U);
  EXPECT_EQ(log.failures()[0].object, "USER MAPPING USER MAPPING x SERVER y");
  EXPECT_EQ(log.failures()[0].reason, "syntax error");
}

TEST(RestoreLog, ForgivesASettingThatTheServerDoesNotHave) {
  const RestoreLog log = log_of(
      "pg_restore: while INITIALIZING:\n"
      "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "
      "\"transaction_timeout\"\n"
      "Command was: SET transaction_timeout = 0;\n"
      "pg_restore: creating SCHEMA \"app\"\n"
      "pg_restore: warning: errors ignored on restore: 1\n");
  EXPECT_TRUE(log.failures().empty());
  EXPECT_EQ(log.errors(), 1);
}

TEST(RestoreLog, TellsABreakdownFromStatementsThatFailed) {
  const RestoreLog log = log_of(
      "pg_restore: error: connection to server at \"db\" failed: FATAL:  no\n"
      "pg_restore: error: another\n");
  EXPECT_TRUE(log.failures().empty());
  EXPECT_EQ(log.broke_down(), "connection to server at \"db\" failed: FATAL:  no");
}

TEST(RestoreLog, NoticesThatTheServerHasGone) {
  EXPECT_TRUE(log_of("pg_restore: error: could not execute query: server closed the connection unexpectedly\n"
                     "\tThis probably means the server terminated abnormally\n"
                     "Command was: CREATE TABLE x ();\n")
                  .lost_connection());
  EXPECT_TRUE(log_of("pg_restore: error: could not execute query: FATAL:  terminating connection due to "
                     "administrator command\n")
                  .lost_connection());
}

TEST(RestoreLog, IsNotMisledByNamesWithLineBreaks) {
  const RestoreLog log = log_of(
      "pg_restore: creating TABLE \"app.a\n"
      "b\"\n"
      "pg_restore: error: could not execute query: ERROR:  relation \"a\n"
      "b\" already exists\n"
      "Command was: CREATE TABLE app.\"a\n"
      "b\" ();\n");
  ASSERT_EQ(log.failures().size(), 1U);
  EXPECT_EQ(log.failures()[0].object, "TABLE app.a");
}

TEST(RestoreLog, KeepsTheReasonOfALostConnectionWhateverItWasIn) {
  const RestoreLog log = log_of(
      "pg_restore: error: could not execute query: server closed the connection unexpectedly\n"
      "Command was: SET transaction_timeout = 0;\n");
  EXPECT_TRUE(log.lost_connection());
  EXPECT_EQ(log.failures().size(), 1U);
}

}  // namespace
}  // namespace pghaul::schema

#include "postgres/session_settings.h"

#include <gtest/gtest.h>

namespace pghaul::postgres {
namespace {

bool sets(const std::string& sql, const std::string& setting) {
  return sql.find("SET " + setting + ";") != std::string::npos;
}

TEST(SessionSettings, PinWhateverChangesHowValuesAreWrittenAndRead) {
  const std::string sql = session_settings(Side::source, 150004, "UTF8");
  for (const char* setting : {"search_path = ''", "extra_float_digits = 3", "DateStyle = 'ISO, YMD'",
                              "TimeZone = 'UTC'", "client_encoding = 'UTF8'", "row_security = off"}) {
    EXPECT_TRUE(sets(sql, setting)) << setting;
  }
}

TEST(SessionSettings, KeepTheOrderOfTheSourcesPages) {
  EXPECT_TRUE(sets(session_settings(Side::source, 150004, "UTF8"), "synchronize_seqscans = off"));
  EXPECT_FALSE(sets(session_settings(Side::target, 150004, "UTF8"), "synchronize_seqscans = off"));
}

TEST(SessionSettings, SetOnlyWhatTheVersionKnows) {
  EXPECT_FALSE(sets(session_settings(Side::source, 100000, "UTF8"), "jit = off"));
  EXPECT_TRUE(sets(session_settings(Side::source, 110000, "UTF8"), "jit = off"));
  EXPECT_FALSE(sets(session_settings(Side::source, 130000, "UTF8"), "idle_session_timeout = 0"));
  EXPECT_TRUE(sets(session_settings(Side::source, 140000, "UTF8"), "idle_session_timeout = 0"));
  EXPECT_FALSE(sets(session_settings(Side::source, 160000, "UTF8"), "transaction_timeout = 0"));
  EXPECT_TRUE(sets(session_settings(Side::source, 170000, "UTF8"), "transaction_timeout = 0"));
}

TEST(SessionSettings, QuoteTheEncoding) {
  EXPECT_TRUE(sets(session_settings(Side::source, 150004, "it's"), "client_encoding = 'it''s'"));
}

TEST(ReplicationSettings, AreOneStatement) {
  const std::string sql = replication_settings(180000, "EUC'JP");
  EXPECT_EQ(sql.find(';'), std::string::npos);
  EXPECT_TRUE(sql.starts_with("SELECT pg_catalog.pg_backend_pid(), "));
  EXPECT_NE(sql.find("set_config('client_encoding', 'EUC''JP', false)"), std::string::npos);
  EXPECT_EQ(replication_settings(130000, "UTF8").find("transaction_timeout'"), sql.npos);
}

}  // namespace
}  // namespace pghaul::postgres

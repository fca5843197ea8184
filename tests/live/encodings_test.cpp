// A live copy between databases of different encodings: names and keys with characters beyond ASCII mean the
// same on both servers, whoever asks.

#include "live/shows.h"
#include "live/switching.h"

namespace pghaul::live {
namespace {

/// A source whose encoding the target has not.
struct Case {
  const char* encoding;
  std::string word;       // in the source's encoding, of names, keys and values
  std::string in_utf8;    // the same
  std::string beside_it;  // another
};

class Encodings : public testing::Test {
 protected:
  ~Encodings() override {
    follower_.reset();
    if (!old_) return;
    [[maybe_unused]] const support::Haul abandoned = support::haul({"abandon", old_->uri(), new_->uri()});
  }

  void begin(const Case& one) {
    old_ = std::make_unique<support::Database>(logical_server(), database_options(one.encoding));
    new_ = std::make_unique<support::Database>(other_logical_server(), database_options("UTF8"));
    const std::string& w = one.word;
    old_->psql("CREATE TABLE \"t" + w + "\" (\"k" + w + "\" text PRIMARY KEY, \"v" + w +
               "\" text); INSERT INTO \"t" + w + "\" SELECT '" + w + "' || i, '" + w +
               "' FROM generate_series(1, 100) AS i; CREATE SEQUENCE \"s" + w + "\"");
  }
  static std::string database_options(const std::string& encoding) {
    return "encoding '" + encoding + "' lc_collate 'C' lc_ctype 'C'";
  }
  void follow() {
    follower_ = std::make_unique<support::Process>(
        std::vector<std::string>{PGHAUL_COMMAND, "copy", "--follow", old_->uri(), new_->uri(), "--progress",
                                 "none", "--round-every", "1s"});
  }
  bool shows(const support::Database& database, const std::string& query, const std::string& wanted) {
    return live::shows(*follower_, database, query, wanted);
  }
  /// Waits until all has been compared that `from` has committed until now, and expects no difference.
  void expect_proved(const support::Database& from) {
    const std::string now =
        from.psql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    const auto deadline = steady_clock::now() + kLongEnough;
    nlohmann::json live;
    while (steady_clock::now() < deadline) {
      const support::Haul status = support::haul({"status", new_->uri()});
      live = status.report.is_object() ? status.report.value("live", nlohmann::json::object())
                                       : nlohmann::json::object();
      if (live.value("proved_until", "") > now) break;
    }
    EXPECT_GT(live.value("proved_until", ""), now) << live << follower_->err();
    EXPECT_EQ(live.value("different", nlohmann::json::array()), nlohmann::json::array());
    EXPECT_EQ(live.value("not_compared", nlohmann::json::array()), nlohmann::json::array());
  }
  support::Haul switch_over(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"switchover", "--at-most", "20s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(old_->uri());
    arguments.push_back(new_->uri());
    return support::haul(arguments);
  }

  std::unique_ptr<support::Database> old_;
  std::unique_ptr<support::Database> new_;
  std::unique_ptr<support::Process> follower_;
};

void change(const support::Database& database, const std::string& word, const std::string& other) {
  const std::string table = "\"t" + word + "\"";
  const std::string key = "\"k" + word + "\"";
  database.psql("UPDATE " + table + " SET \"v" + word + "\" = '" + other + "' WHERE " + key + " = '" + word +
                "1'; DELETE FROM " + table + " WHERE " + key + " = '" + word + "2'; UPDATE " + table +
                " SET " + key + " = '" + other + "' WHERE " + key + " = '" + word + "3'; INSERT INTO " +
                table + " VALUES ('" + word + other + "', '" + word + "')");
}

class EachEncoding : public Encodings, public testing::WithParamInterface<Case> {};

TEST_P(EachEncoding, IsFollowedProvedAndSwitchedToAndFro) {
  const Case& one = GetParam();
  begin(one);
  follow();
  ASSERT_TRUE(shows(*new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  change(*old_, one.word, one.beside_it);
  old_->psql("CREATE TABLE \"late" + one.word + "\" (\"" + one.word + "\" text PRIMARY KEY);" +
             "INSERT INTO \"late" + one.word + "\" VALUES ('" + one.word + "')");
  const std::string of_new =
      "SELECT count(*) FROM \"t" + one.in_utf8 + "\" WHERE \"v" + one.in_utf8 + "\" = '";
  ASSERT_TRUE(shows(*new_, of_new + one.in_utf8 + "'", "99"));
  expect_proved(*old_);
  const support::Haul verified = support::haul({"verify", "--live", "--rows", old_->uri(), new_->uri()});
  EXPECT_EQ(verified.exit_status, 6) << verified.err;  // the late table

  const support::Haul switched = switch_over({"--confirm", new_->name(), "--prove-first"});
  ASSERT_EQ(switched.exit_status, 0) << switched.err;
  EXPECT_EQ(switched.report["switchover"]["proved"], true) << switched.report["switchover"];
  EXPECT_EQ(new_->psql("SELECT count(*) FROM \"late" + one.in_utf8 + "\""), "1");

  new_->psql("DELETE FROM \"t" + one.in_utf8 + "\" WHERE \"k" + one.in_utf8 + "\" = '" + one.in_utf8 +
             "4'; UPDATE \"t" + one.in_utf8 + "\" SET \"v" + one.in_utf8 + "\" = 'plain' WHERE \"k" +
             one.in_utf8 + "\" = '" + one.in_utf8 + "5'");
  ASSERT_TRUE(
      shows(*old_, "SELECT count(*) FROM \"t" + one.word + "\" WHERE \"v" + one.word + "\" = 'plain'", "1"));
  expect_proved(*new_);
  const support::Haul back = switch_over({"--back", "--confirm", old_->name()});
  ASSERT_EQ(back.exit_status, 0) << back.err;
  EXPECT_EQ(back.report["switchover"]["proved"], true) << back.report["switchover"];
}

/// Rows that differ are named by their keys.
TEST_P(EachEncoding, HasItsRowsNamedWhereTheyDiffer) {
  const Case& one = GetParam();
  begin(one);
  follow();
  ASSERT_TRUE(shows(*new_, "SELECT count(*) FROM pghaul_journal.follow_status", "1"));
  const std::string table = "\"t" + one.in_utf8 + "\"";
  const std::string value = "\"v" + one.in_utf8 + "\"";
  new_->psql("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW." + value +
             " := 'spoilt'; RETURN NEW; END$$; CREATE TRIGGER spoil BEFORE UPDATE ON " + table +
             " FOR EACH ROW EXECUTE FUNCTION spoil(); ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER spoil");
  change(*old_, one.word, one.beside_it);
  ASSERT_TRUE(shows(
      *new_, "SELECT count(*) FROM pghaul_journal.follow_status WHERE different ~ '" + one.in_utf8 + "'",
      "1"));
}

INSTANTIATE_TEST_SUITE_P(Of, EachEncoding,
                         testing::Values(Case{"LATIN1", "gr\xf6\xdf", "gr\xc3\xb6\xc3\x9f", "\xe9"},
                                         Case{"EUC_JP", "\xc6\xfc\xcb\xdc", "\xe6\x97\xa5\xe6\x9c\xac",
                                              "\xbf\xdd"},
                                         Case{"SQL_ASCII", "gr\xc3\xb6", "gr\xc3\xb6", "\xc3\xa9"}),
                         [](const auto& one) { return std::string(one.param.encoding); });

/// A character that the target lacks would end the live copy whenever it comes.
TEST(PlanToFollow, IsRefusedWhereTheTargetLacksCharacters) {
  const support::Database wide(logical_server(), "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
  const support::Database narrow(other_logical_server(), "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
  const support::Haul planned = support::haul({"plan", "--follow", wide.uri(), narrow.uri()});
  EXPECT_NE(planned.report["findings"].dump().find("live_encoding"), std::string::npos) << planned.report;
  EXPECT_NE(planned.exit_status, 0);
  const support::Haul other = support::haul({"plan", "--follow", narrow.uri(), wide.uri()});
  EXPECT_NE(other.report["findings"].dump().find("live_way_back_encoding"), std::string::npos)
      << other.report;
  EXPECT_EQ(other.exit_status, 0) << other.err;
}

}  // namespace
}  // namespace pghaul::live

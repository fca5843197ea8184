#include "postgres/connection_string.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace pghaul::postgres {
namespace {

using Keywords = std::map<std::string, std::string>;

Keywords keywords_of(const std::string& text) {
  const Result<ConnectionString> parsed = ConnectionString::parse(text);
  return parsed ? parsed->keywords() : Keywords{{"error", parsed.error().message}};
}

TEST(ConnectionString, TakesAUriKeywordsOrABareName) {
  EXPECT_EQ(keywords_of("postgresql://me@db:5433/shop"),
            (Keywords{{"dbname", "shop"}, {"host", "db"}, {"port", "5433"}, {"user", "me"}}));
  EXPECT_EQ(keywords_of("host=db dbname='my shop'"), (Keywords{{"dbname", "my shop"}, {"host", "db"}}));
  EXPECT_EQ(keywords_of("shop"), (Keywords{{"dbname", "shop"}}));
  EXPECT_EQ(keywords_of(""), Keywords{});
}

TEST(ConnectionString, NeverRepeatsWhatItCouldNotRead) {
  const Result<ConnectionString> parsed =
      ConnectionString::parse("postgresql://me:secret@[broken/shop?nonsense=1");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::usage);
  EXPECT_EQ((parsed.error().message + parsed.error().hint).find("secret"), std::string::npos);
}

TEST(ConnectionString, IsReadAgainFromItsTextWhateverThePasswordHolds) {
  const ConnectionString written(Keywords{{"dbname", "shop"}, {"password", R"(it's a \ 'word' = x)"}});
  EXPECT_EQ(keywords_of(written.text()), written.keywords());
}

TEST(ConnectionString, LeadsToAnotherDatabaseOfTheSameServer) {
  const Result<ConnectionString> shop = ConnectionString::parse("postgresql://me@db/shop");
  ASSERT_TRUE(shop);
  EXPECT_EQ(shop->with_database("other").keywords(),
            (Keywords{{"dbname", "other"}, {"host", "db"}, {"user", "me"}}));
}

TEST(ConnectionString, MarksItsSessionsBehindTheNameThatTheyHave) {
  unsetenv("PGAPPNAME");
  const auto name = [](const ConnectionString& string) {
    return string.marked("pghaul", "-1").keywords().at("application_name");
  };
  EXPECT_EQ(name({}), "pghaul-1");
  EXPECT_EQ(name(ConnectionString(Keywords{{"application_name", "nightly"}})), "nightly-1");
  EXPECT_EQ(name(ConnectionString(Keywords{{"application_name", std::string(80, 'x')}})),
            std::string(40, 'x') + "-1");
}

TEST(ConnectionString, BeginsWithASettingAfterThoseThatAreGiven) {
  const auto options = [](const Keywords& keywords, const std::string& role) {
    return ConnectionString(keywords).with_setting("role", role).keywords().at("options");
  };
  EXPECT_EQ(options({}, "app"), "-c role=app");
  EXPECT_EQ(options({{"options", "-c geqo=off"}}, "an app"), "-c geqo=off -c role=an\\ app");
  EXPECT_EQ(options({}, "a\\b"), "-c role=a\\\\b");
}

TEST(ConnectionString, WhoseSecretIsTakenForSomethingElseIsRefusedWithoutAWordOfIt) {
  for (const char* text :
       {"postgresql://ann:xyzzy/plugh@db/shop", "postgres://ann:12/plugh@db/shop",
        "postgresql://ann:xyzzy@plugh@db/shop", "postgresql://ann:xyzzy/plugh", "host=db port=xyzzy"}) {
    const Result<ConnectionString> parsed = ConnectionString::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::usage);
    EXPECT_EQ((parsed.error().message + parsed.error().hint).find("xyzzy"), std::string::npos);
    EXPECT_EQ((parsed.error().message + parsed.error().hint).find("plugh"), std::string::npos);
  }
}

TEST(ConnectionString, MayHaveAnythingInAPasswordThatIsEncoded) {
  for (const char* text :
       {"postgresql://ann:xy%2Fz%40y@db:5432/shop", "postgresql:///shop?host=/tmp&password=a@b/c",
        "postgresql://db1:5432,db2:5433/shop", "host=db password=a/b@c",
        "postgresql://ann@db/shop?user=a@b"}) {
    EXPECT_TRUE(ConnectionString::parse(text)) << text;
  }
}

}  // namespace
}  // namespace pghaul::postgres

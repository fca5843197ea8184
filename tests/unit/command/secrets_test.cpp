#include "pghaul/secrets.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::command {
namespace {

std::string hidden(std::string argument) {
  hide_secrets(argument.data());
  return argument;
}

TEST(Secrets, AreHiddenInUris) {
  EXPECT_EQ(hidden("postgres://app:hush@db1:5432/shop"), "postgres://app:xxxx@db1:5432/shop");
  EXPECT_EQ(hidden("postgres://app:h@:?/@db1/shop"), "postgres://app:xxxxx@db1/shop");
  EXPECT_EQ(hidden("postgres://db1/shop?user=app&password=hush"),
            "postgres://db1/shop?xxxxxxxxxxxxxxxxxxxxxx");
  EXPECT_EQ(hidden("postgres://db1/shop?p%61ssword=hush"), "postgres://db1/shop?xxxxxxxxxxxxxxx");
}

TEST(Secrets, AreHiddenInKeywordStrings) {
  EXPECT_EQ(hidden("host=db1 password='hush hush' user=app"), "host=db1 passwordxxxxxxxxxxxxxxxxxxxxx");
  EXPECT_EQ(hidden("host=db1 sslpassword = hush"), "host=db1 sslpasswordxxxxxxx");
  EXPECT_EQ(hidden("password='a://b' host=db1"), "passwordxxxxxxxxxxxxxxxxx");
}

TEST(Secrets, AreNotSeenWhereThereAreNone) {
  for (const char* argument :
       {"shop", "service=old", "--jobs=4", "postgres://app@db1:5432/shop?sslmode=require",
        "host=db1 dbname=shop", "postgres:///shop?host=/tmp"}) {
    EXPECT_EQ(hidden(argument), argument);
  }
}

}  // namespace
}  // namespace pghaul::command

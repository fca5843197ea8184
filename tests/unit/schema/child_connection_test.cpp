#include "schema/child_connection.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace pghaul::schema {
namespace {

using postgres::ConnectionString;

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Given {
  std::string arguments;
  std::string service;
  std::string passwords;
};

Given given(const std::map<std::string, std::string>& keywords, const std::string& settings = {}) {
  const Result<ChildConnection> connection = ChildConnection::create(ConnectionString(keywords), settings);
  EXPECT_TRUE(connection) << connection.error().message;
  if (!connection) return {};
  process::Program program;
  connection->give_to(program);
  Given result;
  for (const std::string& argument : program.arguments) result.arguments += argument + "\n";
  result.service = content(program.environment.at("PGSERVICEFILE"));
  result.passwords = content(program.environment.at("PGPASSFILE"));
  return result;
}

TEST(ChildConnection, PutsNothingButTheServiceIntoArguments) {
  const Given it = given({{"host", "db"}, {"user", "app"}, {"password", "secret"}, {"sslpassword", "key"}});
  EXPECT_EQ(it.arguments, "--no-password\n--dbname=service='pghaul'\n");
  EXPECT_EQ(it.service, "[pghaul]\nhost=db\nsslpassword=key\nuser=app\n");
  EXPECT_EQ(it.passwords, "*:*:*:*:secret\n");
}

TEST(ChildConnection, EscapesThePassword) {
  EXPECT_EQ(given({{"password", "a:b\\c "}}).passwords, "*:*:*:*:a\\:b\\\\c \n");
  EXPECT_EQ(given({}).passwords, "");
}

TEST(ChildConnection, AddsSettingsToTheUsersOptions) {
  EXPECT_EQ(given({}, "-c a=b").service, "[pghaul]\noptions=-c a=b\n");
  EXPECT_EQ(given({{"options", "-c x=y"}}, "-c a=b").service, "[pghaul]\noptions=-c x=y -c a=b\n");
}

TEST(ChildConnection, GivesWhatAServiceFileCanNotHoldAsKeywords) {
  const Given it = given({{"dbname", "it's a \\ database\n"}, {"host", "db"}, {"sslrootcert", "ends in "}});
  EXPECT_EQ(it.service, "[pghaul]\nhost=db\n");
  EXPECT_EQ(it.arguments,
            "--no-password\n--dbname=service='pghaul' dbname='it\\'s a \\\\ database\n' "
            "sslrootcert='ends in '\n");
}

TEST(ChildConnection, RefusesASecretThatCanNotBeHidden) {
  const auto code = [](const std::map<std::string, std::string>& keywords) {
    const Result<ChildConnection> connection = ChildConnection::create(ConnectionString(keywords));
    if (!connection) {
      EXPECT_EQ(connection.error().message.find("secret"), std::string::npos);
    }
    return connection ? ErrorCode::ok : connection.error().code;
  };
  EXPECT_EQ(code({{"password", "secret\n"}}), ErrorCode::usage);
  EXPECT_EQ(code({{"sslpassword", "secret "}}), ErrorCode::usage);
  EXPECT_EQ(code({{"sslpassword", std::string(300, 'x')}}), ErrorCode::usage);
}

TEST(ChildConnection, LeavesOutWhereKeywordsCameFrom) {
  EXPECT_EQ(given({{"service", "mine"}, {"passfile", "/home/me/.pgpass"}, {"port", "5433"}}).service,
            "[pghaul]\nport=5433\n");
}

}  // namespace
}  // namespace pghaul::schema

#include <gtest/gtest.h>

#include "pghaulctl/app_file.h"
#include "pghaulctl/request.h"

namespace pghaul::platform {
namespace {

TEST(AppFile, NamesDatabasesWritersAndWhatPointsAtThem) {
  const auto app = parse_app("shop", R"(
database  = "shop"
writers   = ["app", "jobs"]
databases = { WHITE = "18/main", LAVENDER = "host=db1 port=5433" }
names     = ["service:/etc/pg_service.conf#shop"]
also      = ["hook:/etc/pghaul/hooks/backups", "dashboards"]
)",
                             "shop.toml");
  ASSERT_TRUE(app) << app.error().message;
  EXPECT_EQ(app->database, "shop");
  EXPECT_EQ(app->writers, (std::vector<std::string>{"app", "jobs"}));
  ASSERT_EQ(app->databases.size(), 2);
  EXPECT_EQ(app->databases[0].name, "LAVENDER");
  EXPECT_EQ(app->databases[1].place, "18/main");
  EXPECT_EQ(app->names, std::vector<std::string>{"service:/etc/pg_service.conf#shop"});
  EXPECT_EQ(hooks(*app), std::vector<std::string>{"/etc/pghaul/hooks/backups"});
  EXPECT_EQ(without_hook(*app), std::vector<std::string>{"dashboards"});
}

TEST(AppFile, SaysWhereItIsWrong) {
  EXPECT_EQ(parse_app("a", "database = \"a\"\nwriters = [", "a.toml").error().message.substr(0, 14),
            "a.toml, line 2");
  EXPECT_EQ(parse_app("a", "databse = \"a\"", "a.toml").error().message, "a.toml: there is no key 'databse'");
  EXPECT_EQ(parse_app("a", "databases = { A = \"15/a\" }", "a.toml").error().message,
            "a.toml: there is no 'database'");
  EXPECT_EQ(parse_app("a", "database = \"a\"", "a.toml").error().message, "a.toml: there is no 'databases'");
  EXPECT_EQ(parse_app("a", "database = \"a\"\ndatabases = { A = 15 }", "a.toml").error().message,
            "a.toml: the place of database A is not a text");
  EXPECT_EQ(parse_app("a", "database = \"a\"\nwriters = \"app\"", "a.toml").error().message,
            "a.toml: 'writers' is not a list of texts");
}

Request request_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse(arguments);
  return parsed && std::holds_alternative<Request>(*parsed) ? std::get<Request>(*parsed)
                                                            : Request{"none", {}};
}

TEST(PlatformRequest, LeavesOptionalArgumentsOut) {
  EXPECT_EQ(request_of({"info"}).value("APP"), "");
  EXPECT_EQ(request_of({"info", "shop", "--json"}).value("APP"), "shop");
  EXPECT_EQ(request_of({"maintenance", "on", "shop"}).value("on|off"), "on");
  EXPECT_EQ(request_of({"maintenance", "shop"}).value("on|off"), "");
  EXPECT_EQ(request_of({"maintenance", "on"}).value("APP"), "on");  // an application may be called so
}

TEST(PlatformRequest, SaysWhatIsWrongWithACommandLine) {
  EXPECT_EQ(parse({"maintenence", "shop"}).error().hint, "did you mean maintenance?");
  EXPECT_EQ(parse({"wait"}).error().message, "there is no NAME");
  EXPECT_EQ(parse({"wait", "A", "B"}).error().message, "one argument too many: 'B'");
  EXPECT_EQ(parse({"wait", "A", "--fast"}).error().message, "wait has no option --fast");
  EXPECT_EQ(parse({"wait"}).error().status, PGHAUL_EXIT_USAGE);
}

TEST(PlatformRequest, HelpNamesEveryOption) {
  const auto parsed = parse({"maintenance", "--help"});
  const std::string& help = std::get<Text>(*parsed).text;
  for (const char* part : {"usage: pghaulctl maintenance", "--within SECONDS", "APP", "Examples:"})
    EXPECT_NE(help.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace pghaul::platform

#include "pghaulctl/pointer_text.h"

#include <gtest/gtest.h>

namespace pghaul::platform {
namespace {

const Address kNew{.host = "/run/pg", .port = "5434", .database = "shop"};

TEST(PointerText, RewritesTheAddressOfASectionAndNothingElse) {
  const std::string file =
      "# services\n[other]\nhost=db9\n\n[shop]\nhost=db1\nport=5433\nuser=app\n# "
      "keep\ndbname=shop\n[last]\nport=1\n";
  EXPECT_EQ(read_service(file, "shop"), (Address{"db1", "5433", "shop"}));
  EXPECT_EQ(write_service(file, "shop", kNew),
            "# services\n[other]\nhost=db9\n\n[shop]\nhost=/run/pg\nport=5434\ndbname=shop\nuser=app\n# "
            "keep\n[last]\nport=1\n");
  EXPECT_EQ(read_service(file, "shoe"), std::nullopt);
}

TEST(PointerText, RewritesAPoolAndKeepsItsOtherKeywords) {
  const std::string file =
      "[databases]\nother = host=db9\nshop = host=db1 port=5433 dbname=shop pool_size=20\n";
  EXPECT_EQ(read_pool(file, "shop"), (Address{"db1", "5433", "shop"}));
  EXPECT_EQ(write_pool(file, "shop", kNew),
            "[databases]\nother = host=db9\nshop = host=/run/pg port=5434 dbname=shop pool_size=20\n");
  EXPECT_EQ(remove_pool(file, "shop"), "[databases]\nother = host=db9\n");
  EXPECT_EQ(write_pool("", "shop", kNew), "[databases]\nshop = host=/run/pg port=5434 dbname=shop\n");
}

TEST(PointerText, RewritesAVariableThatHoldsAUri) {
  const std::string file =
      "DEBUG=1\nexport DATABASE_URL=\"postgres://app:s%40x@db1:5433/shop?sslmode=require\"\n";
  EXPECT_EQ(read_variable(file, "DATABASE_URL"), (Address{"db1", "5433", "shop"}));
  const std::string written = write_variable(file, "DATABASE_URL", kNew);
  EXPECT_EQ(written,
            "DEBUG=1\nexport DATABASE_URL=\"postgres://app:s%40x@%2Frun%2Fpg:5434/shop?sslmode=require\"\n");
  EXPECT_EQ(read_variable(written, "DATABASE_URL"), kNew);
  EXPECT_EQ(read_variable(file, "DEBUG"), std::nullopt);
}

TEST(PointerText, KeepsAHostsNameBetweenServersOfThisMachine) {
  const auto server = [](const char* port) {
    return Address{
        .host = "/run/pg", .port = port, .database = "shop", .is_local = true, .socket_folder = "/run/pg"};
  };
  EXPECT_TRUE(means({"localhost", "5433", "shop"}, server("5433")));
  EXPECT_FALSE(means({"localhost", "5434", "shop"}, server("5433")));
  EXPECT_FALSE(means({"/elsewhere", "5433", "shop"}, server("5433")));
  EXPECT_EQ(moved({"db.example", "5433", "shop"}, server("5433"), server("5434")),
            (Address{"db.example", "5434", "shop"}));
  EXPECT_EQ(moved({"/run/pg", "5433", "shop"}, server("5433"), server("5434")), kNew);
  EXPECT_EQ(moved({"db1", "5433", "shop"}, {"db1", "5433", "shop"}, {"db2", "5432", "shop"}),
            (Address{"db2", "5432", "shop"}));
}

TEST(PointerText, ReadsAndWritesQuotesOfAPoolsSettings) {
  const std::string pool = "shop = host=db1 password='it''s = two' connect_query='SELECT 1' user=app\n";
  EXPECT_EQ(read_pool_login(pool, "shop")->password, "it's = two");
  EXPECT_EQ(write_pool_login(pool, "shop", {"app", "a b'c"}),
            "shop = host=db1 connect_query='SELECT 1' user=app password='a b''c'\n");
  EXPECT_EQ(write_pool_login(pool, "shop", {"app", ""}),
            "shop = host=db1 connect_query='SELECT 1' user=app\n");
  const std::string unquoted = "shop = host=db1 user=app password=it's pool_size=20\n";
  EXPECT_EQ(read_pool_login(unquoted, "shop")->password, "it's");
  EXPECT_EQ(write_pool_login(unquoted, "shop", {"app", "x"}),
            "shop = host=db1 pool_size=20 user=app password=x\n");
}

TEST(PointerText, RewritesALoginAndNothingElse) {
  const Login next{"app_a", "0f"};
  const std::string service = "[shop]\nhost=db1\nuser=app\npassword=old\n# keep\n[last]\nuser=x\n";
  EXPECT_EQ(read_service_login(service, "shop")->password, "old");
  EXPECT_EQ(write_service_login(service, "shop", next),
            "[shop]\nuser=app_a\npassword=0f\nhost=db1\n# keep\n[last]\nuser=x\n");
  EXPECT_FALSE(read_service_login("[shop]\nhost=db1\n", "shop"));

  const std::string pool = "[databases]\nshop = host=db1 user=app password=old pool_size=20\n";
  EXPECT_EQ(read_pool_login(pool, "shop")->user, "app");
  EXPECT_EQ(write_pool_login(pool, "shop", next),
            "[databases]\nshop = host=db1 pool_size=20 user=app_a password=0f\n");

  const std::string variables =
      "DEBUG=1\nexport DATABASE_URL=\"postgres://app:s%40x@db1:5433/shop?sslmode=require\"\n";
  EXPECT_EQ(read_variable_login(variables, "DATABASE_URL")->password, "s@x");
  EXPECT_EQ(write_variable_login(variables, "DATABASE_URL", next),
            "DEBUG=1\nexport DATABASE_URL=\"postgres://app_a:0f@db1:5433/shop?sslmode=require\"\n");
}

}  // namespace
}  // namespace pghaul::platform

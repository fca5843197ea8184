#include "schema/entry.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::schema {
namespace {

/// The only entry of a listing that has nothing else.
Entry entry_of(const std::string& line) {
  const std::vector<Entry> entries = parse_listing(line + "\n", {});
  EXPECT_EQ(entries.size(), 1U) << line;
  return entries.empty() ? Entry{} : entries.front();
}

TEST(Entry, HasItsNumbersKindAndText) {
  const Entry entry = entry_of("224; 1259 19484 TABLE app plain nasty_owner");
  EXPECT_EQ(entry.dump_id, 224);
  EXPECT_EQ(entry.catalog, 1259U);
  EXPECT_EQ(entry.oid, 19484U);
  EXPECT_EQ(entry.kind, "TABLE");
  EXPECT_EQ(entry.text, "app plain nasty_owner");
}

TEST(Entry, TakesOidsBeyondTwoBillion) {
  EXPECT_EQ(entry_of("1; 1259 4294967295 TABLE app x o").oid, 4294967295U);
}

TEST(Entry, KnowsKindsOfSeveralWords) {
  EXPECT_EQ(entry_of("1; 2606 7 FK CONSTRAINT app plain back o").kind, "FK CONSTRAINT");
  EXPECT_EQ(entry_of("1; 2606 7 CHECK CONSTRAINT app violated x o").kind, "CHECK CONSTRAINT");
  EXPECT_EQ(entry_of("1; 1259 7 MATERIALIZED VIEW app filled o").kind, "MATERIALIZED VIEW");
  EXPECT_EQ(entry_of("1; 6237 7 PUBLICATION TABLES IN SCHEMA app all app o").kind,
            "PUBLICATION TABLES IN SCHEMA");
  EXPECT_EQ(entry_of("1; 826 7 DEFAULT ACL app DEFAULT PRIVILEGES FOR TABLES o").kind, "DEFAULT ACL");
  EXPECT_EQ(entry_of("1; 0 0 USER MAPPING - USER MAPPING x SERVER y o").kind, "USER MAPPING");
}

TEST(Entry, IsNotMistakenWhenASchemaIsNamedLikeAPartOfAKind) {
  EXPECT_EQ(entry_of("1; 1259 7 TABLE DATA x o").kind, "TABLE");
  EXPECT_EQ(entry_of("1; 0 7 TABLE DATA app x o").kind, "TABLE DATA");
  EXPECT_EQ(entry_of("1; 1259 7 TABLE ATTACH x o").kind, "TABLE");
  EXPECT_EQ(entry_of("1; 0 0 TABLE ATTACH app x o").kind, "TABLE ATTACH");
  EXPECT_EQ(entry_of("1; 1259 7 INDEX ATTACH x o").kind, "INDEX");
  EXPECT_EQ(entry_of("1; 1259 7 SEQUENCE SET x o").kind, "SEQUENCE");
  EXPECT_EQ(entry_of("1; 2604 7 DEFAULT ACL x y o").kind, "DEFAULT");
  EXPECT_EQ(entry_of("1; 2617 7 OPERATOR CLASS === o").kind, "OPERATOR");
  EXPECT_EQ(entry_of("1; 3381 7 STATISTICS DATA x o").kind, "STATISTICS");
}

TEST(Entry, OfAKindThatIsNotKnownIsNamedByItsFirstWord) {
  EXPECT_EQ(entry_of("1; 9999 7 GRAPH app g o").kind, "GRAPH");
}

TEST(Entry, InNoSchemaHasANameThatMayContainSpaces) {
  EXPECT_EQ(name_without_schema({.kind = "SCHEMA", .text = "- app postgres"}), "app");
  EXPECT_EQ(name_without_schema({.kind = "EXTENSION", .text = "- uuid-ossp "}), "uuid-ossp");
  EXPECT_EQ(name_without_schema({.kind = "SCHEMA", .text = "- two words postgres"}), "two words");
}

TEST(Entry, IsOwnedByTheLongestNameThatItEndsWith) {
  const Entry entry{.kind = "TABLE", .text = "app t shop owner"};
  EXPECT_EQ(owner_of(entry, {"owner", "shop owner", "t"}), "shop owner");
  EXPECT_EQ(owner_of(entry, {"owner"}), "owner");
  EXPECT_EQ(owner_of(entry, {"wner"}), "");
  EXPECT_EQ(owner_of(entry, {"shop\nowner"}), "shop\nowner");
}

TEST(Listing, IsReadWithDependenciesAndSectionsAndWithoutSettings) {
  const std::string verbose =
      ";\n; Archive created at 2026-11-22\n;     dbname: 1; 2 3 TABLE\n;\n"
      "4042; 0 0 ENCODING - ENCODING \n"
      "4044; 0 0 SEARCHPATH - SEARCHPATH \n"
      "4045; 1262 18560 DATABASE - n postgres\n"
      "11; 2615 19422 SCHEMA - app postgres\n"
      "223; 1259 19468 TABLE app plain postgres\n"
      ";\tdepends on: 11 1192\n"
      "3790; 2606 19490 CONSTRAINT app plain plain_pkey postgres\n"
      ";\tdepends on: 223\n";
  const std::vector<Entry> entries =
      parse_listing(verbose, ";\n3790; 2606 19490 CONSTRAINT app plain plain_pkey postgres\n");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].kind, "SCHEMA");
  EXPECT_TRUE(entries[0].depends_on.empty());
  EXPECT_EQ(entries[1].depends_on, (std::vector{11, 1192}));
  EXPECT_FALSE(entries[1].post_data);
  EXPECT_TRUE(entries[2].post_data);
}

TEST(Listing, OfNothingIsEmpty) {
  EXPECT_TRUE(parse_listing("", "").empty());
  EXPECT_TRUE(parse_listing(";\tdepends on:\n;", "").empty());
}

}  // namespace
}  // namespace pghaul::schema

#include "plan/format.h"

#include <gtest/gtest.h>

#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

using catalog::Oid;
using catalog::Type;
using support::CatalogBuilder;

constexpr Oid kInt4 = 23;
constexpr Oid kRegclass = 2205;

class FormatOf : public testing::Test {
 protected:
  FormatOf() : target_(support::empty_target()) {
    source_.type({.oid = kInt4, .name = {"pg_catalog", "int4"}, .has_binary_io = true});
    source_.type({.oid = kRegclass, .name = {"pg_catalog", "regclass"}, .has_binary_io = true});
  }
  Format of_table(catalog::Place table) {
    return FormatChooser(source_.catalog, &target_).choose(source_.relation(table));
  }
  Format of(Type type) {
    type.has_binary_io = true;
    return of_table(source_.table_of_type(std::move(type)));
  }
  Oid add(Type type) {
    type.has_binary_io = true;
    return source_.type(std::move(type));
  }
  Oid add_enum() { return add({.name = {"public", "mood"}, .kind = 'e'}); }
  static Type array_of(Oid element) { return {.kind = 'b', .part = element, .is_array = true}; }

  CatalogBuilder source_;
  catalog::Server target_;
};

TEST_F(FormatOf, BuiltInTypesIsBinary) {
  const Format format = of_table(source_.table("plain"));
  EXPECT_TRUE(format.binary);
  EXPECT_EQ(format.reason, "");
}

TEST_F(FormatOf, ATypeThatCarriesAnOidIsText) {
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns.push_back({.name = "kind", .type = kRegclass});
  EXPECT_FALSE(of_table(table).binary);
  EXPECT_EQ(of_table(table).reason, "column kind: regclass carries an object's OID");
}

TEST_F(FormatOf, TextWithWalPositionsIsOnlyCountedBetweenVersionsThatWriteThemDifferently) {
  constexpr Oid kLsn = 3220;
  source_.type({.oid = kLsn, .name = {"pg_catalog", "pg_lsn"}, .has_binary_io = true});
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns.push_back({.name = "at", .type = add(array_of(kLsn))});
  EXPECT_TRUE(of_table(table).binary);
  source_.relation(table).columns.push_back({.name = "kind", .type = kRegclass});
  EXPECT_FALSE(of_table(table).only_counted);
  target_.version = 190000;
  EXPECT_TRUE(of_table(table).only_counted);
  source_.catalog.server.version = 190001;
  EXPECT_FALSE(of_table(table).only_counted);
}

TEST_F(FormatOf, ATypeWhoseEmptyValueIsNotReceivedIsText) {
  constexpr Oid kTsquery = 3615;
  source_.type({.oid = kTsquery, .name = {"pg_catalog", "tsquery"}, .has_binary_io = true});
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns.push_back({.name = "wanted", .type = kTsquery});
  EXPECT_FALSE(of_table(table).binary);
}

TEST_F(FormatOf, AGeneratedColumnDoesNotMatter) {
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns.push_back({.name = "kind", .type = kRegclass, .generated = true});
  EXPECT_TRUE(of_table(table).binary);
}

TEST_F(FormatOf, ATableWithoutColumnsIsBinary) {
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns.clear();
  EXPECT_TRUE(of_table(table).binary);
}

TEST_F(FormatOf, AnOidIsFoundThroughEveryKindOfType) {
  EXPECT_FALSE(of(array_of(kRegclass)).binary);
  EXPECT_FALSE(of({.kind = 'd', .part = kRegclass}).binary);
  EXPECT_FALSE(of({.kind = 'r', .part = kRegclass}).binary);
  EXPECT_FALSE(of({.kind = 'c', .attributes = {kInt4, kRegclass}}).binary);
  const Oid range = add({.kind = 'r', .part = add({.kind = 'd', .part = kRegclass})});
  EXPECT_FALSE(of({.kind = 'm', .part = range}).binary);
}

TEST_F(FormatOf, UserTypesThatTravelByValueIsBinary) {
  EXPECT_TRUE(of({.kind = 'e'}).binary);
  EXPECT_TRUE(of(array_of(kInt4)).binary);
  EXPECT_TRUE(of({.kind = 'd', .part = kInt4}).binary);
  EXPECT_TRUE(of({.kind = 'd', .part = add(array_of(kInt4))}).binary);
  EXPECT_TRUE(of({.kind = 'c', .attributes = {kInt4, kInt4}}).binary);
  const Oid range = add({.kind = 'r', .part = add_enum()});
  EXPECT_TRUE(of({.kind = 'r', .part = add_enum()}).binary);
  EXPECT_TRUE(of({.kind = 'm', .part = range}).binary);
}

TEST_F(FormatOf, ValuesThatHoldAUserTypesOidIsText) {
  EXPECT_FALSE(of(array_of(add_enum())).binary);
  EXPECT_FALSE(of({.kind = 'd', .part = add(array_of(add_enum()))}).binary);
  EXPECT_FALSE(of({.kind = 'c', .attributes = {kInt4, add_enum()}}).binary);
  EXPECT_FALSE(of(array_of(add({.kind = 'c', .attributes = {kInt4}}))).binary);
  EXPECT_FALSE(of(array_of(add({.kind = 'r', .part = kInt4}))).binary);
  EXPECT_EQ(of(array_of(add_enum())).reason, "column c: public.mood[] carries a type's OID");
}

TEST_F(FormatOf, ValuesThatHoldAnOidNumberedByInitdbIsText) {
  const Oid domain = add({.oid = 13010, .kind = 'd', .part = kInt4});
  EXPECT_TRUE(of({.kind = 'd', .part = domain}).binary);
  EXPECT_FALSE(of(array_of(domain)).binary);
}

TEST_F(FormatOf, ATypeWithoutBinaryFormIsText) {
  const catalog::Place table = source_.table_of_type({.oid = 1033, .name = {"pg_catalog", "aclitem"}});
  EXPECT_EQ(of_table(table).reason, "column c: aclitem has no binary form");
}

TEST_F(FormatOf, AnUnknownOrHomemadeBaseTypeIsText) {
  EXPECT_FALSE(of({.kind = 'b'}).binary);
  const catalog::Place table = source_.table("t");
  source_.relation(table).columns = {{.name = "c", .type = 99999}};
  EXPECT_FALSE(of_table(table).binary);
}

TEST_F(FormatOf, AnExtensionsTypeIsBinaryWhereItsVersionIsTheSame) {
  const Type hstore = {.name = {"public", "hstore"}, .extension = "hstore"};
  source_.catalog.server.extensions = {{"hstore", "1.8"}};
  EXPECT_FALSE(of(hstore).binary);
  target_.available_extensions = {{"hstore", "1.8"}};
  EXPECT_TRUE(of(hstore).binary);
  target_.extensions = {{"hstore", "1.7"}};
  EXPECT_EQ(of(hstore).reason, "column c: public.hstore is of extension hstore 1.8, the target has 1.7");
}

TEST_F(FormatOf, AnExtensionsTypeIsBinaryAsLongAsThereIsNoTarget) {
  source_.catalog.server.extensions = {{"hstore", "1.8"}};
  const catalog::Place table = source_.table_of_type({.has_binary_io = true, .extension = "hstore"});
  EXPECT_TRUE(FormatChooser(source_.catalog, nullptr).choose(source_.relation(table)).binary);
}

}  // namespace
}  // namespace pghaul::plan

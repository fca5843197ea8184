#include <gtest/gtest.h>

#include "catalog/model.h"
#include "support/catalog_builder.h"

namespace pghaul::catalog {
namespace {

TEST(KeyFromIndex, IsAPrimaryOrUniqueOneOfAPlainTable) {
  const Relation table{.kind = 'r'};
  EXPECT_TRUE(built_from_index({.kind = 'p'}, table));
  EXPECT_TRUE(built_from_index({.kind = 'u'}, table));
  EXPECT_FALSE(built_from_index({.kind = 'x'}, table));
  EXPECT_FALSE(built_from_index({.kind = 'p', .without_overlaps = true}, table));
  EXPECT_FALSE(built_from_index({.kind = 'p'}, Relation{.kind = 'p'}));
}

class ForeignKeyRule : public testing::Test {
 protected:
  ForeignKeyRule() {
    orders = source.table("orders");
    customers = source.table("customers");
    key = source.foreign_key(orders, source.key(customers));
  }
  support::CatalogBuilder source;
  Place orders = kNone;
  Place customers = kNone;
  Place key = kNone;

  [[nodiscard]] bool is_validated_later() {
    return validated_later(source.catalog.constraints[key], source.catalog);
  }
};

TEST_F(ForeignKeyRule, IsValidatedInATaskOfItsOwn) {
  EXPECT_TRUE(is_validated_later());
}

TEST_F(ForeignKeyRule, ThatTheSourceHasNotValidatedIsNotValidated) {
  source.catalog.constraints[key].validated = false;
  EXPECT_FALSE(is_validated_later());
}

TEST_F(ForeignKeyRule, FromOrToAPartitionedTableIsAddedInOneStep) {
  source.relation(orders).kind = 'p';
  EXPECT_FALSE(is_validated_later());
  source.relation(orders).kind = 'r';
  source.relation(customers).kind = 'p';
  EXPECT_FALSE(is_validated_later());
}

}  // namespace
}  // namespace pghaul::catalog

#include "catalog/oid_array.h"

#include <gtest/gtest.h>

namespace pghaul::catalog {
namespace {

TEST(OidArray, IsWhatTheServerReadsAsAnArray) {
  EXPECT_EQ(oid_array(std::vector<Oid>{}), "{}");
  EXPECT_EQ(oid_array({16384, 4294967295}), "{16384,4294967295}");
}

TEST(OidArray, KeepsThePlaceOfARelationThatIsLeftOut) {
  const std::vector<Relation> relations{{.oid = 1}, {.oid = 2, .extension = "postgis"}, {.oid = 3}};
  EXPECT_EQ(oid_array(relations, OfExtensions::left_out), "{1,0,3}");
  EXPECT_EQ(oid_array(relations, OfExtensions::wanted), "{1,2,3}");
}

}  // namespace
}  // namespace pghaul::catalog

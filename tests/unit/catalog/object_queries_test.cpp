#include <gtest/gtest.h>

#include <set>

#include "catalog/object_query.h"

namespace pghaul::catalog {
namespace {

std::vector<ObjectQuery> all_queries(const Versions& versions) {
  std::vector<ObjectQuery> all;
  for (const auto& some :
       {relation_queries(versions), table_part_queries(versions), type_queries(versions),
        routine_queries(versions), search_queries(versions), foreign_data_queries(versions),
        database_queries(versions), comment_queries(versions)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

TEST(ObjectQueries, AskBothServersForTheSameColumnsWhateverTheirVersions) {
  // The older of two servers decides what is asked; each server's own version only decides how.
  for (const int older : {100000, 130000, 150000, 170000}) {
    const auto old = all_queries({.own = older, .common = older, .same_major = false});
    const auto young = all_queries({.own = 180000, .common = older, .same_major = false});
    ASSERT_EQ(old.size(), young.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
      EXPECT_EQ(old[i].label, young[i].label);
      EXPECT_EQ(old[i].columns.size(), young[i].columns.size()) << old[i].label;
    }
  }
}

TEST(ObjectQueries, NameEachAspectOfAClassOnce) {
  for (const ObjectQuery& query : all_queries({.own = 180000, .common = 180000})) {
    std::set<std::string> names;
    for (const ObjectQuery::Column& column : query.columns)
      EXPECT_TRUE(names.insert(column.aspect.name).second) << query.label << ": " << column.aspect.name;
  }
}

TEST(ObjectQueries, LeaveOutWhatOnlyTheNewerServerKnows) {
  const Versions versions{.own = 180000, .common = 150000};
  EXPECT_EQ(versions.since(170000, "x.new"), "NULL");
  EXPECT_EQ(versions.since(150000, "x.old"), "x.old");
}

}  // namespace
}  // namespace pghaul::catalog

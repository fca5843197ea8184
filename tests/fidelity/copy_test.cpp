#include "fidelity/copy.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"

namespace pghaul::fidelity {
namespace {

using Options = std::vector<std::string>;

class CopyOf : public testing::TestWithParam<const char*> {};

TEST_P(CopyOf, EqualsItsSource) {
  if (is_of_several_owners(GetParam()) && support::needs_superuser()) {
    GTEST_SKIP() << "needs a superuser: objects of several owners";
  }
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  fill(source, GetParam());
  const bool is_elsewhere = std::string(GetParam()) == "foreign_data";
  ASSERT_TRUE(copied(source, target, is_elsewhere ? Options{"--skip-unreadable"} : Options{}));
  EXPECT_EQ(differences(source, target), "");
}

INSTANTIATE_TEST_SUITE_P(HostileDatabase, CopyOf,
                         testing::Values("types", "storage", "wide_row", "objects", "partitions",
                                         "constraints", "invalid_index", "sequences", "large_objects",
                                         "names", "security", "extensions", "foreign_data", "no_public",
                                         "reading"),
                         [](const auto& test) { return std::string(test.param); });

struct Encoding {
  const char* database;
  const char* source;
  const char* target;
};

void PrintTo(const Encoding& encoding, std::ostream* out) {
  *out << encoding.database << " from " << encoding.source << " to " << encoding.target;
}

class EncodedCopyOf : public testing::TestWithParam<Encoding> {};

std::string encoded(const std::string& name) {
  return "encoding '" + name + "' lc_collate 'C' lc_ctype 'C'";
}

TEST_P(EncodedCopyOf, EqualsItsSource) {
  const support::Database source(support::shared_source(), encoded(GetParam().source));
  const support::Database target(support::shared_target(), encoded(GetParam().target));
  fill(source, GetParam().database);
  ASSERT_TRUE(copied(source, target));
  EXPECT_EQ(differences(source, target), "");
}

INSTANTIATE_TEST_SUITE_P(
    HostileDatabase, EncodedCopyOf,
    testing::Values(Encoding{"latin1", "LATIN1", "LATIN1"}, Encoding{"latin1", "LATIN1", "UTF8"},
                    Encoding{"euc_jp", "EUC_JP", "EUC_JP"}, Encoding{"euc_jp", "EUC_JP", "UTF8"},
                    Encoding{"sql_ascii", "SQL_ASCII", "SQL_ASCII"}),
    [](const auto& test) { return std::string(test.param.database) + "_to_" + test.param.target; });

}  // namespace
}  // namespace pghaul::fidelity

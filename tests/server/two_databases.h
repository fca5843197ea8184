#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"

namespace pghaul {

/// Two databases, one on each of the shared servers.
class TwoDatabases : public testing::Test {
 protected:
  const support::Database source{support::shared_source()};
  const support::Database target{support::shared_target()};

  void fill_both(const std::string& sql) const {
    source.psql(sql);
    target.psql(sql);
  }
};

}  // namespace pghaul

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

/// Only into servers that tests fetched for themselves.
void install_extension(const support::Version& version) {
  const std::filesystem::path extensions = version.server_bin + "/../share/postgresql/extension";
  for (const auto& file : std::filesystem::directory_iterator(PGHAUL_ROOT "/tests/fidelity/extension")) {
    std::filesystem::copy_file(file.path(), extensions / file.path().filename(),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

TEST(Extension, KeepsWhatUsersPutIntoItsTables) {
  const support::Version version = support::find_version(17);
  if (!version.missing.empty()) GTEST_SKIP() << version.missing;
  install_extension(version);
  const support::Cluster source_server({.bin_dir = version.server_bin});
  const support::Cluster target_server({.bin_dir = version.server_bin});
  const support::Database source(source_server);
  const support::Database target(target_server);
  fill(source, "configured");
  ASSERT_TRUE(copied(source, target));
  EXPECT_EQ(differences(source, version, target, version, target_server), "");
}

}  // namespace
}  // namespace pghaul::fidelity

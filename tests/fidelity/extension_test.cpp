#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

/// Only into servers that tests fetched for themselves.
/// Returns a version that was fetched, whose folders are ours to put an extension into.
support::Version fetched_version() {
  const support::Version version = support::find_version(17);
  const bool is_installed = version.server_bin.starts_with("/usr/");  // as on Debian 13
  return is_installed ? support::find_version(18) : version;
}

void install_extension(const support::Version& version) {
  const std::filesystem::path extensions = version.server_bin + "/../share/postgresql/extension";
  for (const auto& file : std::filesystem::directory_iterator(PGHAUL_ROOT "/tests/fidelity/extension")) {
    std::filesystem::copy_file(file.path(), extensions / file.path().filename(),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

TEST(Extension, KeepsWhatUsersPutIntoItsTables) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: an extension that is not trusted";
  const support::Version version = fetched_version();
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

/// pg_dump does not carry it, so it is named, and no difference.
TEST(Extension, NamesWhatUsersChangedOfItsTables) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: an extension that is not trusted";
  const support::Version version = fetched_version();
  if (!version.missing.empty()) GTEST_SKIP() << version.missing;
  install_extension(version);
  const support::Cluster source_server({.bin_dir = version.server_bin});
  const support::Cluster target_server({.bin_dir = version.server_bin});
  const support::Database source(source_server);
  const support::Database target(target_server);
  fill(source, "configured");
  source.psql(R"(
    create index by_value on configured.users_own (v);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger on_insert before insert on configured.users_own for each row execute function f();
    alter table configured.users_own add constraint short check (length(k) < 100);
    alter table configured.users_own enable row level security;
    alter table configured.users_own force row level security;
    create policy all_of_them on configured.users_own using (true);
    update configured.shared_with_users set v = 'changed' where k = 'shipped two';
  )");
  const support::Environment clients = {{"PATH", support::path_with_fetched_clients()}};
  const char* const left_out =
      "constraint short of configured.users_own\nindex by_value of configured.users_own\n"
      "policy all_of_them of configured.users_own\nrow security of configured.users_own\n"
      "rows that the extension itself puts into configured.shared_with_users\n"
      "trigger on_insert of configured.users_own\n";
  const auto expect_partial = [&](const support::Haul& run) {
    EXPECT_EQ(run.exit_status, 0) << run.err;
    std::vector<std::string> named;
    for (const auto& one : run.report["left_out"]) named.push_back(one["object"]);
    std::ranges::sort(named);
    std::string text;
    for (const std::string& one : named) text += one + "\n";
    EXPECT_EQ(text, left_out);
    EXPECT_TRUE(run.report.value("partial", false));
  };
  expect_partial(support::haul({"copy", source.uri(), target.uri()}, clients));
  expect_partial(support::haul({"verify", source.uri(), target.uri()}, clients));
}

}  // namespace
}  // namespace pghaul::fidelity

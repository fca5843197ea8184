#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "faults/shop.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::faults {
namespace {

namespace fs = std::filesystem;

/// A source whose sessions load a library that the target lacks.
class SessionSettings : public testing::Test {
 protected:
  SessionSettings() : folder_(fs::temp_directory_path() / "pghaul-library-XXXXXX") {
    folder_ = mkdtemp(folder_.data());
    fs::permissions(folder_, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    const std::string libraries =
        support::shared_source().psql("postgres", "select setting from pg_config where name = 'PKGLIBDIR'");
    fs::copy(libraries + "/auto_explain.so", folder_ + "/only_here.so");
    server_.emplace(support::ClusterOptions{.settings = {{"dynamic_library_path", "$libdir:" + folder_}}});
    source_.emplace(*server_);
    source_->psql("create table t as select 1 as a");
  }
  ~SessionSettings() override {
    source_.reset();
    server_.reset();
    fs::remove_all(folder_);
  }
  void set_on_source(const std::string& setting) const {
    source_->psql("alter database \"" + source_->name() + "\" set " + setting);
  }

  std::string folder_;
  std::optional<support::Cluster> server_;
  std::optional<support::Database> source_;
  const support::Database target_{support::shared_target()};
};

TEST_F(SessionSettings, ThatWouldLetNobodyInAreLeftOut) {
  set_on_source("session_preload_libraries = 'only_here'");
  set_on_source("work_mem = '5MB'");
  const support::Haul run = support::haul({"copy", source_->uri(), target_.uri(), "--retry-for", "5"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(target_.psql("select a from t"), "1");
  EXPECT_EQ(target_.psql("show work_mem"), "5MB");
  EXPECT_FALSE(has_journal(target_));
  ASSERT_EQ(run.report["left_out"].size(), 1U) << run.report["left_out"];
  EXPECT_EQ(run.report["left_out"][0]["object"], "setting of the database: session_preload_libraries");
  const std::string reason = run.report["left_out"][0]["reason"];
  EXPECT_NE(reason.find("can't start with it: could not access file \"only_here\""), std::string::npos)
      << reason;
}

TEST_F(SessionSettings, ThatLoadALibraryWhichIsThereAreCarried) {
  set_on_source("session_preload_libraries = 'auto_explain', 'pg_stat_statements'");
  const support::Haul run = support::haul({"copy", source_->uri(), target_.uri(), "--retry-for", "5"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report["left_out"].size(), 0U) << run.report["left_out"];
  EXPECT_EQ(target_.psql("show session_preload_libraries"), source_->psql("show session_preload_libraries"));
}

}  // namespace
}  // namespace pghaul::faults

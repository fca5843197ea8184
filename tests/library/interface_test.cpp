// Facts that programs built against an earlier libpghaul.so.0 rely on. A line here is never changed or
// removed, only added; any other change needs another soname.
#include <gtest/gtest.h>
#include <pghaul/pghaul.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>

#include "support/process.h"

namespace pghaul {
namespace {

template <typename Expected, typename Actual>
const char* frozen(const char* name) {
  static_assert(std::is_same_v<Expected, Actual>, "the type of a function of libpghaul.so.0 has changed");
  return name;
}
#define FROZEN(name, ...) frozen<__VA_ARGS__, decltype(name)>(#name)

const std::set<std::string> kFunctions{
    FROZEN(pghaul_version, const char*()),
    FROZEN(pghaul_job_new, pghaul_job*()),
    FROZEN(pghaul_job_free, void(pghaul_job*)),
    FROZEN(pghaul_job_set, pghaul_code(pghaul_job*, const char*, const char*, pghaul_error**)),
    FROZEN(pghaul_options, const char*()),
    FROZEN(pghaul_job_on_event, void(pghaul_job*, void (*)(const char*, void*), void*)),
    FROZEN(pghaul_job_copy, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_verify, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_sync, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_plan, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_estimate, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_abandon, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_status, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_switchover, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_job_finish, pghaul_code(pghaul_job*, pghaul_error**)),
    FROZEN(pghaul_serve_link, pghaul_code(int, int, pghaul_error**)),
    FROZEN(pghaul_job_stop, void(pghaul_job*)),
    FROZEN(pghaul_serve_link, pghaul_code(int, int, pghaul_error**)),
    FROZEN(pghaul_job_report, const char*(const pghaul_job*)),
    FROZEN(pghaul_job_exit_status, int(const pghaul_job*)),
    FROZEN(pghaul_error_code, pghaul_code(const pghaul_error*)),
    FROZEN(pghaul_error_message, const char*(const pghaul_error*)),
    FROZEN(pghaul_error_hint, const char*(const pghaul_error*)),
    FROZEN(pghaul_error_sqlstate, const char*(const pghaul_error*)),
    FROZEN(pghaul_error_object, const char*(const pghaul_error*)),
    FROZEN(pghaul_error_free, void(pghaul_error*)),
    FROZEN(pghaul_code_name, const char*(pghaul_code)),
};

static_assert(sizeof(pghaul_code) == 4);
static_assert(PGHAUL_OK == 0);
static_assert(PGHAUL_USAGE == 1);
static_assert(PGHAUL_REFUSED == 2);
static_assert(PGHAUL_CONNECTION_FAILED == 3);
static_assert(PGHAUL_CONNECTION_LOST == 4);
static_assert(PGHAUL_SERVER_ERROR == 5);
static_assert(PGHAUL_PROGRAM_MISSING == 6);
static_assert(PGHAUL_PROGRAM_FAILED == 7);
static_assert(PGHAUL_MISMATCH == 8);
static_assert(PGHAUL_INTERRUPTED == 9);
static_assert(PGHAUL_SYSTEM == 10);
static_assert(PGHAUL_INTERNAL == 11);
static_assert(PGHAUL_SNAPSHOT_LOST == 12);

static_assert(sizeof(pghaul_exit) == 4);
static_assert(PGHAUL_EXIT_DONE == 0);
static_assert(PGHAUL_EXIT_USAGE == 2);
static_assert(PGHAUL_EXIT_REFUSED == 3);
static_assert(PGHAUL_EXIT_UNREACHABLE == 4);
static_assert(PGHAUL_EXIT_STOPPED == 5);
static_assert(PGHAUL_EXIT_DIFFERENT == 6);
static_assert(PGHAUL_EXIT_GIVEN_UP == 7);
static_assert(PGHAUL_EXIT_WINDOW == 8);
static_assert(PGHAUL_EXIT_PARTIAL == 9);
static_assert(PGHAUL_EXIT_INTERRUPTED == 130);

TEST(Interface, IsAllThatTheLibraryExports) {
  const support::ProcessResult listed = support::run_command(
      {"nm", "--dynamic", "--defined-only", "--without-symbol-versions", PGHAUL_LIBRARY});
  ASSERT_EQ(listed.exit_status, 0) << listed.err;
  std::istringstream words(listed.out);
  std::set<std::string> exported;
  for (std::string address, kind, name; words >> address >> kind >> name;) {
    if (kind != "A") exported.insert(name);  // the name of the version itself
  }
  EXPECT_EQ(exported, kFunctions);
}

TEST(Interface, HasItsVersionInItsName) {
  const support::ProcessResult read = support::run_command({"readelf", "--dynamic", PGHAUL_LIBRARY});
  EXPECT_NE(read.out.find("soname: [libpghaul.so.0]"), std::string::npos) << read.out;
}

TEST(Interface, NamesEveryCode) {
  EXPECT_STREQ(pghaul_code_name(PGHAUL_OK), "ok");
  EXPECT_STREQ(pghaul_code_name(PGHAUL_SNAPSHOT_LOST), "snapshot_lost");
  EXPECT_STREQ(pghaul_code_name(static_cast<pghaul_code>(15)), "unknown");
}

TEST(Interface, DescribesTheOptionsThatAJobTakes) {
  const nlohmann::json options = nlohmann::json::parse(pghaul_options());
  EXPECT_GE(options.size(), 33U);
  pghaul_job* job = pghaul_job_new();
  for (const nlohmann::json& option : options) {
    const std::string name = option["name"];
    const std::string expects = option["expects"];
    pghaul_error* error = nullptr;
    const pghaul_code code = pghaul_job_set(job, name.c_str(), "?", &error);
    EXPECT_EQ(code, expects.empty() ? PGHAUL_OK : PGHAUL_USAGE) << name;
    EXPECT_NE(std::string(pghaul_error_hint(error)).find(expects), std::string::npos) << name;
    pghaul_error_free(error);
  }
  pghaul_job_free(job);
}

TEST(Interface, TakesNothingForAnError) {
  EXPECT_EQ(pghaul_error_code(nullptr), PGHAUL_OK);
  EXPECT_STREQ(pghaul_error_message(nullptr), "");
  EXPECT_STREQ(pghaul_error_object(nullptr), "");
  pghaul_error_free(nullptr);
  pghaul_job_free(nullptr);
}

}  // namespace
}  // namespace pghaul

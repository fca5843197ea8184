#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"
#include "support/seed.h"

namespace pghaul::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::Process;
using support::ProcessResult;

int kills_wanted() {
  const char* wanted = std::getenv("PGHAUL_TEST_KILLS");
  return wanted == nullptr ? 10 : std::stoi(wanted);
}

constexpr int kKillsOfOneCopy = 4;  // at most; then it may finish

/// pghaul is killed at random moments, and goes on, until it is done.
class Kills : public testing::Test {
 protected:
  Kills() : random_(support::seed_of_this_run()) { fill_shop(source_); }

  static std::vector<std::string> command(const support::Database& source, const support::Database& target) {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", "--progress", "none", "--jobs", "4"};
    if (has_journal(target)) argv.emplace_back("--resume");
    argv.insert(argv.end(), {source.uri(), target.uri()});
    return argv;
  }
  milliseconds undisturbed() const {
    const support::Database target(support::shared_target());
    const auto start = steady_clock::now();
    const ProcessResult done = support::run_command(command(source_, target));
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_EQ(fidelity::differences(source_, target), "");
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  }
  /// Nothing: it had ended before.
  std::optional<milliseconds> kill_one(const support::Database& target, milliseconds within) {
    const milliseconds moment(std::uniform_int_distribution<milliseconds::rep>(0, within.count())(random_));
    Process process(command(source_, target));
    if (process.ends_within(moment)) {
      const ProcessResult done = process.wait();
      EXPECT_TRUE(done.exit_status == 0 || is_early(done)) << done.err;
      return std::nullopt;
    }
    process.send(SIGKILL);
    (void)process.wait();
    return moment;
  }
  /// The server has not seen yet that the killed one is gone.
  static bool is_early(const ProcessResult& done) {
    return done.exit_status == 3 && done.err.find("another pghaul is at work") != std::string::npos;
  }
  /// The journal is made before anything else, and removed after everything else.
  static bool is_complete(const support::Database& target) {
    return !has_journal(target) &&
           target.psql("select count(*) from pg_namespace where nspname = 'shop'") != "0";
  }
  void finish(const support::Database& target) {
    ProcessResult done;
    do {
      done = support::run_command(command(source_, target));
    } while (is_early(done));
    ASSERT_EQ(done.exit_status, 0) << done.err;
    EXPECT_FALSE(has_journal(target));
    EXPECT_EQ(fidelity::differences(source_, target), "");
  }

  const support::Database source_{support::shared_source()};
  std::mt19937_64 random_;
};

TEST_F(Kills, LoseNothingAndDoubleNothing) {
  const milliseconds whole = undisturbed();
  int kills = 0;
  int copies = 0;
  int resumed = 0;
  while (kills < kills_wanted() && !HasFailure()) {
    const support::Database target(support::shared_target());
    std::string moments;
    for (int of_this = 0; of_this < kKillsOfOneCopy && kills < kills_wanted(); ++of_this) {
      resumed += has_journal(target) ? 1 : 0;
      const std::optional<milliseconds> moment = kill_one(target, whole * 8 / 10);
      if (!moment && !has_journal(target)) break;  // it is done
      if (!moment) continue;
      ++kills;
      moments += ' ' + std::to_string(moment->count());
      if (is_complete(target)) break;
    }
    SCOPED_TRACE("killed after" + moments + " ms");
    resumed += has_journal(target) ? 1 : 0;
    if (is_complete(target)) {
      EXPECT_EQ(fidelity::differences(source_, target), "");
    } else {
      finish(target);
    }
    ++copies;
  }
  std::cout << kills << " kills in " << copies << " copies of " << whole.count() << " ms each; " << resumed
            << " runs went on with a journal\n";
}

}  // namespace
}  // namespace pghaul::faults

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"
#include "support/repetitions.h"
#include "support/seed.h"

namespace pghaul::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::Process;
using support::ProcessResult;

int kills_wanted() {
  return support::repetitions("PGHAUL_TEST_KILLS", 10);
}

constexpr int kKillsOfOneCopy = 4;  // at most; then it may finish
constexpr int kByArchive = 3;       // one copy of so many goes into an archive, and from there

bool holds_shop(const support::Database& target) {
  return target.psql("select count(*) from pg_namespace where nspname = 'shop'") != "0";
}

/// One copy.
struct Leg {
  std::string from;
  std::string to;
  std::function<bool()> is_begun;     // it can be gone on with
  std::function<bool()> is_complete;  // or that
};

bool has_line(const std::filesystem::path& file) {
  std::ifstream content(file);
  std::string line;
  return std::getline(content, line) && !content.eof();
}

/// The journal is made before anything else, and removed after everything else.
Leg into(const support::Database& target, std::string from) {
  return {std::move(from), target.uri(), [&target] { return has_journal(target); },
          [&target] { return !has_journal(target) && holds_shop(target); }};
}

Leg into(const std::filesystem::path& archive, std::string from) {
  const auto is_complete = [archive] { return std::filesystem::exists(archive / "manifest.json"); };
  return {std::move(from), "archive:" + archive.string(),
          [=] { return !is_complete() && has_line(archive / "journal.jsonl"); }, is_complete};
}

/// pghaul is killed at random moments, and goes on, until it is done.
class Kills : public testing::Test {
 protected:
  Kills() : random_(support::seed_of_this_run()) { fill_shop(source_); }

  static std::vector<std::string> command(const Leg& leg) {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", "--progress", "none", "--jobs", "4"};
    if (leg.is_begun()) argv.emplace_back("--resume");
    argv.insert(argv.end(), {leg.from, leg.to});
    return argv;
  }
  [[nodiscard]] milliseconds undisturbed() const {
    const support::Database target(support::shared_target());
    const auto start = steady_clock::now();
    const ProcessResult done = support::run_command(command(into(target, source_.uri())));
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_EQ(fidelity::differences(source_, target), "");
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  }
  /// False: it had ended before.
  bool kill_one(const Leg& leg, milliseconds within) {
    const milliseconds moment(std::uniform_int_distribution<milliseconds::rep>(0, within.count())(random_));
    const bool goes_on = leg.is_begun();
    Process process(command(leg));
    resumed_ += goes_on ? 1 : 0;
    if (process.ends_within(moment)) {
      const ProcessResult done = process.wait();
      EXPECT_TRUE(done.exit_status == 0 || is_early(done)) << done.err;
      return false;
    }
    process.send(SIGKILL);
    (void)process.wait();
    ++kills_;
    kills_of_resumed_ += goes_on ? 1 : 0;
    moments_ += ' ' + std::to_string(moment.count());
    return true;
  }
  /// The server has not seen yet that the killed one is gone.
  static bool is_early(const ProcessResult& done) {
    return done.exit_status == 3 && done.err.find("another pghaul is working") != std::string::npos;
  }
  void finish(const Leg& leg) {
    resumed_ += leg.is_begun() ? 1 : 0;
    ProcessResult done;
    do {
      done = support::run_command(command(leg));
    } while (is_early(done));
    ASSERT_EQ(done.exit_status, 0) << done.err;
    EXPECT_TRUE(leg.is_complete());
  }
  void copy_with_kills(const Leg& leg, milliseconds within) {
    moments_.clear();
    for (int of_this = 0; of_this < kKillsOfOneCopy && kills_ < kills_wanted(); ++of_this) {
      if (leg.is_complete() || HasFailure()) break;
      (void)kill_one(leg, within);
    }
    SCOPED_TRACE("to " + leg.to + ", killed after" + moments_ + " ms");
    if (!leg.is_complete()) finish(leg);
  }
  void copy_by_archive(const support::Database& target, milliseconds within) {
    std::string folder = std::filesystem::temp_directory_path() / "pghaul-kills-XXXXXX";
    const std::filesystem::path made = mkdtemp(folder.data());
    const Leg store = into(made / "shop", source_.uri());
    const int before = kills_;
    copy_with_kills(store, within);
    copy_with_kills(into(target, store.to), within);
    kills_by_archive_ += kills_ - before;
    std::filesystem::remove_all(made);
  }

  const support::Database source_{support::shared_source()};
  std::mt19937_64 random_;
  int kills_ = 0;
  int kills_of_resumed_ = 0;
  int kills_by_archive_ = 0;
  int resumed_ = 0;
  std::string moments_;
};

TEST_F(Kills, LoseNothingAndDoubleNothing) {
  const milliseconds whole = undisturbed();
  int copies = 0;
  while (kills_ < kills_wanted() && !HasFailure()) {
    const support::Database target(support::shared_target());
    if (++copies % kByArchive == 0) {
      copy_by_archive(target, whole / 2);
    } else {
      copy_with_kills(into(target, source_.uri()), whole * 8 / 10);
    }
    EXPECT_EQ(fidelity::differences(source_, target), "") << "the last was killed after" << moments_ << " ms";
  }
  std::cout << kills_ << " kills in " << copies << " copies of " << whole.count() << " ms each, of which "
            << kills_by_archive_ << " in copies by an archive; " << resumed_
            << " runs went on with a journal, and " << kills_of_resumed_ << " of these were killed\n";
}

}  // namespace
}  // namespace pghaul::faults

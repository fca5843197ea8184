#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <random>
#include <string>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/process.h"
#include "support/repetitions.h"
#include "support/seed.h"

namespace pghaul::faults {
namespace {

using support::FaultProxy;
using support::Process;
using support::ProcessResult;
using Effect = FaultProxy::Effect;
using Way = FaultProxy::Way;

/// Bytes of a whole copy, so that an outage can be put anywhere into it.
struct Traffic {
  std::uint64_t bytes[2][2] = {};  // by end and way

  std::uint64_t& of(bool source, Way way) { return bytes[source ? 0 : 1][way == Way::to_server ? 0 : 1]; }
};

std::vector<std::string> copy_command(const std::string& source, const std::string& target,
                                      const std::vector<std::string>& more = {}) {
  std::vector<std::string> argv = {PGHAUL_COMMAND, "copy",   source, target,        "--progress",
                                   "none",         "--jobs", "3",    "--retry-for", "60"};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

/// Connections are cut at random bytes, of either server and either way: the run takes them up again by
/// itself.
class Cuts : public testing::Test {
 protected:
  Cuts() : random_(support::seed_of_this_run()) { fill_shop(source_); }

  std::uint64_t below(std::uint64_t limit) {
    return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random_);
  }
  Traffic measure() const {
    const support::Database target(support::shared_target());
    FaultProxy at_source(support::shared_source());
    FaultProxy at_target(support::shared_target());
    const ProcessResult done =
        support::run_command(copy_command(at_source.uri(source_.name()), at_target.uri(target.name())));
    EXPECT_EQ(done.exit_status, 0) << done.err;
    Traffic traffic;
    for (const Way way : {Way::to_server, Way::to_client}) {
      traffic.of(true, way) = at_source.bytes(way);
      traffic.of(false, way) = at_target.bytes(way);
    }
    return traffic;
  }

  const support::Database source_{support::shared_source()};
  std::mt19937_64 random_;
};

TEST_F(Cuts, AreMendedWithinTheRun) {
  Traffic traffic = measure();
  int mended = 0;
  int before_anything = 0;
  int struck = 0;
  for (int round = 0; round < support::repetitions("PGHAUL_TEST_ROUNDS", 4) && !HasFailure(); ++round) {
    const support::Database target(support::shared_target());
    FaultProxy at_source(support::shared_source());
    FaultProxy at_target(support::shared_target());
    std::string where;
    const int cuts = 1 + static_cast<int>(below(3));
    for (int cut = 0; cut < cuts; ++cut) {
      const bool of_source = below(2) == 0;
      const Way way = below(2) == 0 ? Way::to_server : Way::to_client;
      const Effect effect = below(2) == 0 ? Effect::end : Effect::reset;
      const std::uint64_t byte = below(traffic.of(of_source, way));
      (of_source ? at_source : at_target).at(way, byte, effect);
      where += std::string(of_source ? " source" : " target") + (way == Way::to_server ? " up " : " down ") +
               std::to_string(byte) + (effect == Effect::end ? " end;" : " reset;");
    }
    SCOPED_TRACE("cut:" + where);
    const ProcessResult done =
        support::run_command(copy_command(at_source.uri(source_.name()), at_target.uri(target.name())));
    struck += cuts - static_cast<int>(at_source.effects_left() + at_target.effects_left());
    if (done.exit_status == 4) {  // while it only looked
      EXPECT_FALSE(has_journal(target));
      EXPECT_EQ(target.psql("select count(*) from pg_class where relnamespace >= 16384"), "0");
      ++before_anything;
      continue;
    }
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_FALSE(has_journal(target));
    EXPECT_EQ(fidelity::differences(source_, target), "");
    ++mended;
  }
  std::cout << struck << " cuts; " << mended << " copies came to their end, " << before_anything
            << " were cut before they had begun\n";
}

/// The whole server goes down in the middle, and comes back.
class Restarts : public testing::Test {
 protected:
  /// The copy is held by the proxy once so much of what passes has passed.
  void restart_at(FaultProxy& proxy, Way way, std::uint64_t byte, support::Cluster& server,
                  const std::string& source, const std::string& target) {
    proxy.at(way, byte, Effect::stall);
    Process copy(copy_command(source, target));
    ASSERT_TRUE(proxy.await_effects());
    server.stop_immediate();
    server.restart();
    proxy.go_on();
    const ProcessResult done = copy.wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
  }
};

TEST_F(Restarts, OfTheTargetAreSurvivedInEachPhase) {
  const support::Database source(support::shared_source());
  fill_shop(source);
  support::Cluster server;
  std::uint64_t whole = 0;
  {
    const support::Database target(server);
    FaultProxy proxy(server);
    ASSERT_EQ(support::run_command(copy_command(source.uri(), proxy.uri(target.name()))).exit_status, 0);
    whole = proxy.bytes(Way::to_server);
  }
  for (const std::uint64_t percent : {20, 60, 97}) {
    SCOPED_TRACE(std::to_string(percent) + " % of " + std::to_string(whole));
    const support::Database target(server);
    FaultProxy proxy(server);
    restart_at(proxy, Way::to_server, whole * percent / 100, server, source.uri(), proxy.uri(target.name()));
    EXPECT_FALSE(has_journal(target));
    EXPECT_EQ(fidelity::differences(source, target), "");
  }
}

TEST_F(Restarts, OfTheSourceAreSurvivedInEachPhase) {
  support::Cluster server;
  const support::Database source(server);
  fill_shop(source);
  std::uint64_t whole = 0;
  {
    const support::Database target(support::shared_target());
    FaultProxy proxy(server);
    ASSERT_EQ(support::run_command(copy_command(proxy.uri(source.name()), target.uri())).exit_status, 0);
    whole = proxy.bytes(Way::to_client);
  }
  for (const std::uint64_t percent : {40, 90}) {
    SCOPED_TRACE(std::to_string(percent) + " % of " + std::to_string(whole));
    const support::Database target(support::shared_target());
    FaultProxy proxy(server);
    restart_at(proxy, Way::to_client, whole * percent / 100, server, proxy.uri(source.name()), target.uri());
    EXPECT_FALSE(has_journal(target));
    EXPECT_EQ(fidelity::differences(source, target), "");
  }
}

}  // namespace
}  // namespace pghaul::faults

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "faults/shop.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/fault_proxy.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

using support::FaultProxy;
using support::Process;
using support::ProcessResult;

/// The source is a standby that ends whatever keeps it from following its primary: the statements of the
/// copy, and the session that holds its snapshot.
class Standby : public testing::Test {
 protected:
  Standby() {
    source_.psql(
        "create table t as select i as id, repeat(md5(i::text), 3) as words"
        " from generate_series(1, 60000) i; create table other as select i from generate_series(1, 100) i");
  }
  /// In the middle of t, the primary executes `changes` and removes what no primary's transaction sees. Then
  /// rows pass slowly, until the standby has ended what is in its way.
  ProcessResult copy_while(const std::string& changes) {
    FaultProxy proxy(standby_);
    proxy.at(FaultProxy::Way::to_client, 3'000'000, FaultProxy::Effect::stall);
    Process running({PGHAUL_COMMAND, "copy", proxy.uri(source_.name()), target_.uri(), "--progress", "none",
                     "--jobs", "1", "--events", "-"});
    EXPECT_TRUE(proxy.await_effects());
    source_.psql(changes);
    source_.psql("vacuum other");
    proxy.throttle(200'000);
    proxy.go_on();
    for (int looks = 0; looks < 600 && !is_told_of_recovery(running); ++looks) {
      if (running.ends_within(std::chrono::milliseconds(100))) break;
    }
    EXPECT_TRUE(is_told_of_recovery(running)) << running.out();
    proxy.throttle(0);
    return running.wait();
  }
  static bool is_told_of_recovery(const Process& running) {
    return running.out().find("conflict with recovery") != std::string::npos;
  }

  support::Cluster primary_;
  const support::Database source_{primary_};
  support::Cluster standby_{
      {.settings = {{"max_standby_streaming_delay", "0"}, {"hot_standby_feedback", "off"}},
       .bin_dir = {},
       .standby_of = primary_.uri("postgres")}};
  const support::Database target_{support::shared_target()};
};

TEST_F(Standby, ThatCancelsTheCopyIsGoneOnWithWhereNothingChanged) {
  const ProcessResult done = copy_while(
      "insert into other select 7 from generate_series(1, 100); delete from other where ctid > '(0,100)'");
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_FALSE(has_journal(target_));
  EXPECT_EQ(fidelity::differences(source_, target_), "");
}

TEST_F(Standby, ThatCancelsTheCopyNeverMixesTwoStates) {
  const ProcessResult done = copy_while("delete from other where i > 50");
  if (done.exit_status == 0) {
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  } else {
    EXPECT_EQ(done.exit_status, 5) << done.err;
    EXPECT_NE(done.err.find("public.other changed"), std::string::npos) << done.err;
  }
}

}  // namespace
}  // namespace pghaul::faults

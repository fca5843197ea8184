#include <fmt/format.h>

#include "boundary.h"
#include "changeover.h"
#include "follower.h"
#include "upgrade.h"

namespace pghaul::platform {
namespace {

/// Says whether the next database has been upgraded, and has all that the live one has: none has written
/// there since.
Result<bool> is_upgraded(Changeover& all) {
  Member& next = all.target();
  if (!next.server || !next.cluster || next.follower || next.cluster->version != all.version) return false;
  if (next.half_upgraded) return false;
  const auto then = read_stamp(next);
  if (!then) return tl::make_unexpected(then.error());
  const auto now = stamp_of(all.source());
  if (!now) return tl::make_unexpected(now.error());
  return *then == *now;
}

/// Says whether the next database was a follower, has ended its recovery, and has all that the live one has.
Result<bool> has_just_followed(Changeover& all) {
  Member& next = all.target();
  if (!next.server || next.follower || next.system != all.source().system) return false;
  const auto here = stamp_of(next);
  if (!here) return tl::make_unexpected(here.error());
  const auto there = stamp_of(all.source());
  if (!there) return tl::make_unexpected(there.error());
  return *here == *there;
}

/// Makes a follower of the live database, and has it catch up.
class FollowStep : public Step {
 public:
  explicit FollowStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "follow"; }
  [[nodiscard]] std::string what() const override { return fmt::format("{} follows {}", all_.to, all_.from); }
  [[nodiscard]] Result<bool> is_so() override {
    if (const auto left = has_left(all_); !left || *left) return left;
    if (all_.fleet.leader_of(all_.target()) == &all_.source() && all_.target().follower) {
      if (const auto leaving = is_leaving(all_.target()); !leaving || *leaving) return leaving;
      return refuse_far_behind(all_.source(), all_.target()).has_value();
    }
    const auto upgraded = is_upgraded(all_);
    return !upgraded || *upgraded ? upgraded : has_just_followed(all_);
  }
  [[nodiscard]] Outcome may() override {
    const auto so = is_so();
    if (!so || *so) return so.map([](bool) {});
    if (!all_.source().cluster || !is_cluster(all_.target().place))
      return refused("both have to be clusters", "changeover --by copy moves between others");
    if (all_.target().is_unasked())
      return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", all_.to, all_.target().reason));
    if (all_.target().follower) return {};
    if (!all_.target().cluster) return check_follower(all_.source(), all_.target());
    if (!all_.target().server) {
      const ClusterName down = ClusterName::of(*all_.target().cluster);
      return refused(fmt::format("{} is down: {}", all_.to, all_.target().reason),
                     fmt::format("pg_ctlcluster {} {} start; or destroy {}, and begin anew", down.version,
                                 down.name, all_.to));
    }
    return refused(fmt::format("{} is a database of its own, which would be replaced", all_.to),
                   fmt::format("pghaulctl destroy {} first", all_.to));
  }
  [[nodiscard]] Result<std::string> take() override {
    Outcome done;
    if (!all_.target().cluster) {
      const ClusterName cluster{all_.source().cluster->version, ClusterName::of(all_.target().place).name,
                                all_.target().host};
      done = make_follower(all_.source(), cluster, all_.to);
    }
    if (done) done = all_.survey();
    if (done) done = resume_replay(all_.target());
    if (done) done = catch_up(all_.source(), all_.target());
    if (!done) return tl::make_unexpected(done.error());
    return std::string();
  }

 private:
  Changeover& all_;
};

/// Makes the next cluster, and has pg_upgrade check both, while the application writes.
class PrepareStep : public Step {
 public:
  explicit PrepareStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "prepare"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} is ready for {}, checked by pg_upgrade", all_.version, all_.to);
  }
  [[nodiscard]] Result<bool> is_so() override {
    const auto left = has_left(all_);
    if (!left) return left;
    return *left && all_.target().cluster->version == all_.version ? true : is_upgraded(all_);
  }
  [[nodiscard]] Outcome may() override {
    if (!all_.source().cluster) return {};
    Cluster follower = *all_.source().cluster;
    follower.host = all_.target().host;
    return Upgrade(follower, all_.version).may();
  }
  [[nodiscard]] Result<std::string> take() override {
    const Upgrade upgrade(*all_.target().cluster, all_.version);
    return upgrade.prepare(*all_.target().server).map([] { return std::string(); });
  }

 private:
  Changeover& all_;
};

/// Converts the follower, once it has all that the live database has.
class UpgradeStep : public Step {
 public:
  explicit UpgradeStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "upgrade"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} has all of {}, with PostgreSQL {}", all_.to, all_.from, all_.version);
  }
  [[nodiscard]] Result<bool> is_so() override { return is_upgraded(all_); }
  [[nodiscard]] Result<std::string> take() override {
    Member& next = all_.target();
    const auto stamp = stamp_of(all_.source());  // first: what is written after it makes the two differ
    if (!stamp) return tl::make_unexpected(stamp.error());
    Outcome done;
    if (next.follower) done = wait_for_replay(all_.source(), next);
    if (done) done = all_.in_time();
    if (done && next.follower) done = end_recovery(&all_.source(), next);
    if (done) done = Upgrade(*next.cluster, all_.version).convert(*stamp);
    if (done) done = all_.survey();
    if (!done) return tl::make_unexpected(done.error());
    return std::string();
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> follow_step(Changeover& changeover) {
  return std::make_unique<FollowStep>(changeover);
}
std::unique_ptr<Step> prepare_step(Changeover& changeover) {
  return std::make_unique<PrepareStep>(changeover);
}
std::unique_ptr<Step> upgrade_step(Changeover& changeover) {
  return std::make_unique<UpgradeStep>(changeover);
}

}  // namespace pghaul::platform

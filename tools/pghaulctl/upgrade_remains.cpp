#include "upgrade_remains.h"

#include <fmt/format.h>

#include "output.h"
#include "upgrade.h"

namespace pghaul::platform {
namespace {

/// The clusters of one name that an upgrade is between.
struct Pair {
  std::optional<Cluster> old;  // the one whose files pg_upgrade has begun to hand over
  std::optional<Cluster> next;
};

/// pg_upgrade holds a lock for as long as it, or a server that it has started, is at work.
Outcome refuse_running(const Cluster& old) {
  const auto answer = Host::reached_by(old.host).run(
      {"sh", "-c", "flock -n -E 75 \"$0\" true; [ $? != 75 ] || echo busy", old.configuration_folder},
      old.owner);
  if (!answer) return tl::make_unexpected(answer.error());
  if (!answer->starts_with("busy")) return {};
  return refused(
      fmt::format("pg_upgrade of {}, which an earlier run has started, is still at work",
                  ClusterName::of(old).text()),
      "run it again once that has ended, which takes seconds; until then leave both clusters alone");
}

Result<Pair> find_pair(const Member& member, const std::string& version) {
  const auto clusters = list_clusters(member.host);
  if (!clusters) return tl::make_unexpected(clusters.error());
  Pair pair;
  for (const Cluster& one : *clusters) {
    if (one.name != ClusterName::of(member.place).name) continue;
    if (one.version == version) pair.next = one;
    if (std::stoi(one.version) >= std::stoi(version)) continue;
    if (auto ended = refuse_running(one); !ended) return tl::make_unexpected(ended.error());
    const auto handed_over = Host::reached_by(one.host).exists(one.data_folder + "/global/pg_control.old");
    if (!handed_over) return tl::make_unexpected(handed_over.error());
    if (*handed_over) pair.old = one;
  }
  return pair;
}

}  // namespace

Result<bool> settle_upgrade(const Member& member, const std::string& version) {
  if (!is_cluster(member.place) || member.is_unasked()) return false;
  const auto pair = find_pair(member, version);
  if (!pair) return tl::make_unexpected(pair.error());
  if (!pair->next) return false;
  const auto converted = Host::reached_by(member.host).exists(converted_mark(*pair->next));
  if (!converted || !*converted) return converted;
  if (!pair->old) return forget_upgrade(*pair->next).map([] { return false; });
  say(fmt::format("Completing the upgrade of {} to PostgreSQL {}... ", member.name, version));
  const Outcome done = Upgrade(*pair->old, version).complete();
  say(done ? "done\n" : "failed\n");
  if (!done) return tl::make_unexpected(done.error());
  return true;
}

}  // namespace pghaul::platform

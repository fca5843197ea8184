#include "upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "upgrade_needs.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStamp = "pghaulctl.upgraded_at";

/// Returns how many processes are to work at once on a machine.
std::string processes_of(Host& machine) {
  const auto processors = machine.run({"nproc"});
  return std::to_string(std::clamp(processors ? std::atoi(processors->c_str()) : 1, 1, 8));
}

std::string bin_of(const std::string& version) {
  return fs::path(program_of(version, "postgres")).parent_path();
}

/// Removes what a server that pg_upgrade has started leaves behind: Debian's tools would take it for running.
void forget_process(const ClusterName& cluster) {
  if (const auto file = read_setting(cluster, "external_pid_file"))
    (void)Host::reached_by(cluster.host).remove(*file);
}

/// Returns what pg_upgrade has found, with the lists of objects that it wrote into files.
std::string findings_in(const std::string& message, const Cluster& old) {
  static const std::regex kFile(R"((/\S+\.txt))");
  std::string text = message;
  for (std::sregex_iterator at(message.begin(), message.end(), kFile), end; at != end; ++at) {
    const auto list = Host::reached_by(old.host).run({"cat", (*at)[1]}, old.owner);
    if (list) text += "\n" + *list;
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// Has a program say that it succeeded beside the cluster that it has filled, whether or not we are there to
/// see it.
std::vector<std::string> marking(const Cluster& next, const Cluster& old,
                                 const std::vector<std::string>& command) {
  constexpr const char* kScript =
      R"(old=$1 upgraded=$2 prepared=$3 unfinished=$4; shift 4; "$@" && echo "$old" > "$upgraded.new" && mv "$upgraded.new" "$upgraded" && rm -f "$prepared" "$unfinished")";
  std::vector<std::string> all{"sh",
                               "-c",
                               kScript,
                               "sh",
                               old.version,
                               upgraded_mark(next),
                               prepared_mark(next),
                               unfinished_mark(next)};
  all.insert(all.end(), command.begin(), command.end());
  return holding(next, all);
}

}  // namespace

Outcome Upgrade::may() const {
  if (std::stoi(next_.version) <= std::stoi(old_.version))
    return refused(
        fmt::format("{} is of PostgreSQL {}, and {} is no newer", from_.text(), old_.version, next_.version));
  return require_version(next_.version, next_.host);
}

Result<bool> Upgrade::is_prepared() const {
  const auto next = find_cluster(next_);
  if (!next && next.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(next.error());
  if (!next) return false;
  const auto finished = is_finished(*next);
  if (!finished || !*finished) return finished;
  return machine().exists(prepared_mark(*next));
}

Outcome Upgrade::prepare(Server& server) const {
  const auto prepared = is_prepared();
  if (!prepared) return tl::make_unexpected(prepared.error());
  if (*prepared) return check();
  const auto next = begin_cluster(next_, old_, server);
  if (!next) return tl::make_unexpected(next.error());
  Outcome done = control_cluster(next_, "start");
  if (done) {
    auto there = Server::open(connection_to(*next, "postgres"), next_.text(), next->owner, next->host);
    if (!there) return tl::make_unexpected(there.error());
    const auto missing = missing_settings(server, *there);
    done = missing ? write_settings(next_, *missing) : tl::make_unexpected(missing.error());
  }
  if (done) done = control_cluster(next_, "stop");
  if (done) done = machine().make_file(prepared_mark(*next));
  if (!done) return done;
  const Outcome finished = finish_cluster(*next);
  return finished ? check() : finished;
}

Outcome Upgrade::check() const {
  return pg_upgrade({"--check"}).map([](const std::string&) {});
}

Outcome Upgrade::convert(const std::string& stamp) const {
  const auto needs = needs_of_upgrade(old_);
  if (!needs) return tl::make_unexpected(needs.error());
  const auto empty = find_cluster(next_);
  if (!empty) return tl::make_unexpected(empty.error());
  Outcome begun = stamp.empty() ? Outcome() : set_setting(next_, kStamp, stamp);
  if (begun) begun = unfinish_cluster(*empty);
  if (begun) begun = control_cluster(from_, "stop");
  if (!begun) return begun;
  const auto converted = pg_upgrade({std::stoi(next_.version) >= 18 ? "--swap" : "--link", "-o",
                                     fmt::format("-c max_locks_per_transaction={}", needs->locks)});
  if (!converted) return not_converted(converted.error());
  return complete();
}

/// Each part may be done again: until the mark goes, take_up_upgrade() does so.
Outcome Upgrade::complete() const {
  forget_process(from_);
  const auto before = find_cluster(next_);
  if (!before) return tl::make_unexpected(before.error());
  if (auto set = set_setting(next_, "port", old_.port); !set) return set;
  const auto next = find_cluster(next_);
  if (!next) return tl::make_unexpected(next.error());
  const bool is_elsewhere = before->running && before->port != old_.port;  // started with its machine, say
  Outcome done = is_elsewhere ? control_cluster(next_, "restart") : Outcome();
  if (!is_elsewhere && !next->running) done = control_cluster(next_, "start");
  if (done) done = analyze(*next);
  if (done) done = drop_cluster(from_, *next);
  if (done) done = machine().remove(fs::path(old_.log_file).parent_path() / "delete_old_cluster.sh");
  return done ? machine().remove(upgraded_mark(*next)) : done;
}

Result<bool> Upgrade::is_begun() const {
  const auto next = find_cluster(next_);
  if (!next && next.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(next.error());
  if (!next) return false;
  return stage_of(*next).map(
      [](Stage stage) { return stage == Stage::prepared || stage == Stage::unfinished; });
}

/// Once files are moved, they are in the next cluster: only while it holds nothing it may go.
Outcome Upgrade::cancel() const {
  const auto next = find_cluster(next_);
  if (!next) return tl::make_unexpected(next.error());
  if (auto free = await_programs(*next); !free) return free;
  const auto begun = is_begun();
  if (!begun) return tl::make_unexpected(begun.error());
  const auto moved = have_files_moved(old_);
  if (!moved) return tl::make_unexpected(moved.error());
  if (*begun && !*moved) return drop_cluster(next_);
  return refused(fmt::format("{} holds what {} held already, or part of it", next_.text(), from_.text()),
                 "run the upgrade again: it completes it, or says what is whole");
}

/// The configuration's folder stands for the data's: it says where that is.
Result<std::string> Upgrade::pg_upgrade(std::vector<std::string> more) const {
  const auto next = find_cluster(next_);
  if (!next) return tl::make_unexpected(next.error());
  std::vector<std::string> command{"env",
                                   "-C",
                                   fs::path(old_.log_file).parent_path(),
                                   program_of(next_.version, "pg_upgrade"),
                                   "-b",
                                   bin_of(old_.version),
                                   "-B",
                                   bin_of(next_.version),
                                   "-d",
                                   old_.configuration_folder,
                                   "-D",
                                   next->configuration_folder,
                                   "-p",
                                   old_.port,
                                   "-P",
                                   next->port,
                                   "-j",
                                   processes_of(machine())};
  command.insert(command.end(), more.begin(), more.end());
  if (more.front() != "--check") command = marking(*next, old_, command);
  auto done = machine().run(command, old_.owner);
  if (!done && done.error().status == PGHAUL_EXIT_UNREACHABLE) return done;
  forget_process(next_);
  if (done) return done;
  return refused(fmt::format("pg_upgrade from {} to {}: {}", from_.text(), next_.text(),
                             findings_in(done.error().message, old_)),
                 "cure that, then run it again");
}

tl::unexpected<Failure> Upgrade::not_converted(Failure failure) const {
  if (failure.status == PGHAUL_EXIT_UNREACHABLE) return lost(std::move(failure));
  forget_process(from_);
  const auto converted = have_files_moved(old_);
  if (!converted) {
    failure.message += "\nwhich server is whole is not known: " + converted.error().message;
    return tl::make_unexpected(std::move(failure));
  }
  if (*converted) {
    failure.message += fmt::format("\nneither {} nor {} is whole", from_.text(), next_.text());
    failure.hint = "its leader is: destroy this one, and follow anew";
    return tl::make_unexpected(std::move(failure));
  }
  const Outcome started = control_cluster(from_, "start");
  failure.message += fmt::format("\n{} is whole, and {}", from_.text(),
                                 started ? "runs again" : "is down: " + started.error().message);
  return tl::make_unexpected(std::move(failure));
}

/// pg_upgrade does not need the line: it goes on to its end.
tl::unexpected<Failure> Upgrade::lost(Failure failure) const {
  failure.message =
      fmt::format("{}\npg_upgrade from {} to {} may run there still, and goes on without the line",
                  failure.message, from_.text(), next_.text());
  failure.hint = "run it again once the line is back: it completes what pg_upgrade has done";
  return tl::make_unexpected(std::move(failure));
}

/// From 18 on pg_upgrade keeps the statistics but for those of CREATE STATISTICS.
Outcome Upgrade::analyze(const Cluster& next) const {
  std::vector<std::string> command{program_of(next.version, "vacuumdb"),
                                   "--all",
                                   "--analyze-in-stages",
                                   "--jobs",
                                   processes_of(machine()),
                                   "--maintenance-db",
                                   connection_to(next, "postgres")};
  if (std::stoi(next.version) >= 18) command.emplace_back("--missing-stats-only");
  return machine().run(holding(next, command), next.owner).map([](const std::string&) {});
}

Result<std::string> stamp_of(Member& leader) {
  const auto next =
      leader.server->query("SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())");
  if (!next) return tl::make_unexpected(next.error());
  return fmt::format("{}-{}", leader.system, next->front()[0]);
}

Result<std::string> read_stamp(Member& upgraded) {
  const auto stamp = upgraded.server->query(
      fmt::format("SELECT coalesce(pg_catalog.current_setting('{}', true), '')", kStamp));
  if (!stamp) return tl::make_unexpected(stamp.error());
  return stamp->front()[0];
}

}  // namespace pghaul::platform

#include "upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>

#include "acting_as.h"
#include "program.h"
#include "upgrade_needs.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStamp = "pghaulctl.upgraded_at";

std::string processes() {
  return std::to_string(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
}

std::string bin_of(const std::string& version) {
  return fs::path(program_of(version, "postgres")).parent_path();
}

/// Removes what a server that pg_upgrade has started leaves behind: Debian's tools would take it for running.
void forget_process(const ClusterName& cluster) {
  std::error_code ignored;
  if (const auto file = read_setting(cluster, "external_pid_file")) fs::remove(*file, ignored);
}

/// Returns what pg_upgrade has found, with the lists of objects that it wrote into files.
std::string findings_in(const std::string& message) {
  static const std::regex kFile(R"((/\S+\.txt))");
  std::string text = message;
  for (std::sregex_iterator at(message.begin(), message.end(), kFile), end; at != end; ++at) {
    std::ifstream file((*at)[1]);
    text += "\n" + std::string{std::istreambuf_iterator<char>(file), {}};
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Outcome Upgrade::may() const {
  if (std::stoi(next_.version) <= std::stoi(old_.version))
    return refused(
        fmt::format("{} is of PostgreSQL {}, and {} is no newer", from_.text(), old_.version, next_.version));
  return require_version(next_.version);
}

bool Upgrade::is_prepared() const {
  const auto next = find_cluster(next_);
  return next && is_finished(*next).value_or(false) && fs::exists(prepared_mark(*next));
}

Outcome Upgrade::prepare(Server& server) const {
  if (is_prepared()) return check();
  const auto next = begin_cluster(next_, old_, server);
  if (!next) return tl::make_unexpected(next.error());
  Outcome done = control_cluster(next_, "start");
  if (done) {
    auto there = Server::open(connection_to(*next, "postgres"), next_.text(), next->owner);
    if (!there) return tl::make_unexpected(there.error());
    const auto missing = missing_settings(server, *there);
    done = missing ? write_settings(next_, *missing) : tl::make_unexpected(missing.error());
  }
  if (done) done = control_cluster(next_, "stop");
  if (!done) return done;
  std::ofstream mark(prepared_mark(*next));
  if (!mark.flush()) return refused("cannot write " + prepared_mark(*next).string());
  const Outcome finished = finish_cluster(*next);
  return finished ? check() : finished;
}

Outcome Upgrade::check() const {
  return pg_upgrade({"--check"}).map([](const std::string&) {});
}

Outcome Upgrade::convert(const std::string& stamp) const {
  const auto needs = needs_of_upgrade(old_);
  if (!needs) return tl::make_unexpected(needs.error());
  if (auto stopped = control_cluster(from_, "stop"); !stopped) return stopped;
  const auto converted = pg_upgrade({std::stoi(next_.version) >= 18 ? "--swap" : "--link", "-o",
                                     fmt::format("-c max_locks_per_transaction={}", needs->locks)});
  forget_process(from_);
  if (!converted) return not_converted(converted.error());
  if (const auto filled = find_cluster(next_)) fs::remove(prepared_mark(*filled));
  Outcome done = set_setting(next_, "port", old_.port);
  if (done && !stamp.empty()) done = set_setting(next_, kStamp, stamp);
  if (done) done = control_cluster(next_, "start");
  const auto next = find_cluster(next_);
  if (done && next) done = analyze(*next);
  return done ? drop_cluster(from_) : done;
}

Outcome Upgrade::cancel() const {
  return drop_cluster(next_);
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
                                   processes()};
  command.insert(command.end(), more.begin(), more.end());
  const ActingAs owner(old_.owner);
  auto done = run_program(command);
  forget_process(next_);
  if (done) return done;
  return refused(fmt::format("pg_upgrade from {} to {}: {}", from_.text(), next_.text(),
                             findings_in(done.error().message)),
                 "cure that, then run it again");
}

tl::unexpected<Failure> Upgrade::not_converted(Failure failure) const {
  if (fs::exists(old_.data_folder + "/global/pg_control.old")) {
    failure.message += fmt::format("\nneither {} nor {} is whole", from_.text(), next_.text());
    failure.hint = "its leader is: destroy this one, and follow anew";
    return tl::make_unexpected(std::move(failure));
  }
  const Outcome started = control_cluster(from_, "start");
  failure.message += fmt::format("\n{} is whole, and {}", from_.text(),
                                 started ? "runs again" : "is down: " + started.error().message);
  return tl::make_unexpected(std::move(failure));
}

/// From 18 on pg_upgrade keeps the statistics but for those of CREATE STATISTICS.
Outcome Upgrade::analyze(const Cluster& next) const {
  const ActingAs owner(next.owner);
  std::vector<std::string> command{program_of(next.version, "vacuumdb"),
                                   "--all",
                                   "--analyze-in-stages",
                                   "--jobs",
                                   processes(),
                                   "--maintenance-db",
                                   connection_to(next, "postgres")};
  if (std::stoi(next.version) >= 18) command.emplace_back("--missing-stats-only");
  return run_program(command).map([](const std::string&) {});
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

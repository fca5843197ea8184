#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cluster.h"
#include "failure.h"
#include "server.h"

namespace pghaul::platform {

/// Names one of Debian's clusters, which need not exist.
struct ClusterName {
  std::string version;
  std::string name;
  std::string host;  // the command that leads to its machine; empty: this one

  /// Reads a place of an application's file: "15/main".
  [[nodiscard]] static ClusterName of(const std::string& place);
  [[nodiscard]] static ClusterName of(const Cluster& cluster) {
    return {cluster.version, cluster.name, cluster.host};
  }
  /// Names it within its machine.
  [[nodiscard]] std::string text() const { return version + "/" + name; }
};

/// Returns the path of one of a version's programs: /usr/lib/postgresql/15/bin/initdb.
[[nodiscard]] std::string program_of(const std::string& version, const std::string& program);
/// Refuses a version that is not installed; `host` is the command that leads there, empty: this machine.
[[nodiscard]] Outcome require_version(const std::string& version, const std::string& host = {});

[[nodiscard]] Result<Cluster> find_cluster(const ClusterName& name);

/// Makes a cluster like `old`, whose server says how: encoding, locale, checksums, size of WAL segments, and
/// the same access rules; on the same machine in folders beside its own, on another in those that are usual
/// there. It is not started.
[[nodiscard]] Outcome create_cluster(const ClusterName& next, const Cluster& old, Server& server);
/// Begins a cluster that is of use only later: until finish_cluster(), another begin_cluster()
/// replaces it.
///
/// Errors  there is one of that name already, which is finished.
[[nodiscard]] Result<Cluster> begin_cluster(const ClusterName& next, const Cluster& old, Server& server);
[[nodiscard]] Outcome finish_cluster(const Cluster& cluster);
[[nodiscard]] Result<bool> is_finished(const Cluster& cluster);
/// Says again that a finished cluster may be replaced: it is about to be filled.
[[nodiscard]] Outcome unfinish_cluster(const Cluster& cluster);

/// How far a cluster has come that is made for an upgrade. Files beside its configuration say so: they
/// outlive whoever works on it.
enum class Stage {
  whole,       // nobody works on it
  unfinished,  // it is being made or filled; until it is finished it may be replaced
  prepared,    // it holds nothing yet
  upgraded     // it holds all that the old one had, which is not to be started any more
};
[[nodiscard]] Result<Stage> stage_of(const Cluster& cluster);
/// Says whether pg_upgrade has begun to link or swap a cluster's files into another: it is not whole any more.
[[nodiscard]] Result<bool> have_files_moved(const Cluster& old);
[[nodiscard]] std::filesystem::path unfinished_mark(const Cluster& next);
[[nodiscard]] std::filesystem::path prepared_mark(const Cluster& next);
/// Holds the version that it was upgraded from, until nothing is left to do.
[[nodiscard]] std::filesystem::path upgraded_mark(const Cluster& next);

/// Has a program hold a lock on a cluster's configuration for as long as it runs, also if we are killed
/// meanwhile.
[[nodiscard]] std::vector<std::string> holding(const Cluster& cluster, const std::vector<std::string>& argv);
/// Waits until no such program runs, for ten minutes at most.
[[nodiscard]] Outcome await_programs(const Cluster& cluster);
/// "start", "stop", "restart".
[[nodiscard]] Outcome control_cluster(const ClusterName& cluster, const char* action);
/// Stops it if need be, and removes it with its data.
[[nodiscard]] Outcome drop_cluster(const ClusterName& cluster);
/// Does that while holding `held`; what is gone already is no failure.
[[nodiscard]] Outcome drop_cluster(const ClusterName& cluster, const Cluster& held);
[[nodiscard]] Outcome set_setting(const ClusterName& cluster, const std::string& name,
                                  const std::string& value);
[[nodiscard]] Result<std::string> read_setting(const ClusterName& cluster, const std::string& name);
[[nodiscard]] Outcome remove_setting(const ClusterName& cluster, const std::string& name);

/// Lists the settings in the files of one server; not those that each cluster has its own of.
[[nodiscard]] Result<Rows> file_settings(Server& server);
/// Lists those of `old` that `next` knows, and has otherwise.
[[nodiscard]] Result<Rows> missing_settings(Server& old, Server& next);
[[nodiscard]] Outcome write_settings(const ClusterName& cluster, const Rows& settings);

}  // namespace pghaul::platform

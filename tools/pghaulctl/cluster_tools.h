#pragma once

#include <filesystem>
#include <string>

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
/// Returns the file beside the configuration of a cluster that an upgrade has prepared and that holds nothing
/// yet.
[[nodiscard]] std::filesystem::path prepared_mark(const Cluster& next);
/// Returns that of one that pg_upgrade has filled, until the upgrade is complete.
[[nodiscard]] std::filesystem::path converted_mark(const Cluster& next);
[[nodiscard]] Result<bool> is_finished(const Cluster& cluster);
/// "start", "stop", "restart".
[[nodiscard]] Outcome control_cluster(const ClusterName& cluster, const char* action);
/// Stops it if need be, and removes it with its data.
[[nodiscard]] Outcome drop_cluster(const ClusterName& cluster);
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

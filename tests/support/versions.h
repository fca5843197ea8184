#pragma once

#include <string>

namespace pghaul::support {

/// The programs of one major version of PostgreSQL: installed, or fetched by support/fetch-servers and
/// support/fetch-clients, the newest by support/fetch-clusters.
struct Version {
  int major = 0;
  std::string server_bin;  // for ClusterOptions::bin_dir
  std::string client_bin;  // a pg_dump and pg_restore that read and write this version; of 15 or newer
  std::string missing;     // why there is none; empty: there is
};

[[nodiscard]] Version find_version(int major);

/// Returns the folder of a whole PostgreSQL of another major version, as Debian installs it below
/// /usr/lib/postgresql, fetched by support/fetch-clusters; or an empty string, and the reason in `missing`.
[[nodiscard]] std::string find_whole_version(int major, std::string& missing);

/// A PATH in which pghaul finds the fetched pg_dumps too, after what is in this process's own.
[[nodiscard]] std::string path_with_fetched_clients();

}  // namespace pghaul::support

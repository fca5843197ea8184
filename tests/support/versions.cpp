#include "support/versions.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "support/process.h"

namespace pghaul::support {
namespace {

constexpr const char* kFetchServers = PGHAUL_ROOT "/tests/support/fetch-servers";
constexpr const char* kFetchClients = PGHAUL_ROOT "/tests/support/fetch-clients";
constexpr const char* kFetchClusters = PGHAUL_ROOT "/tests/support/fetch-clusters";
/// From this major version on there are no builds for embedding: it comes with its server, clients and all.
constexpr int kFirstWhole = 19;

std::string installed_bin(int major) {
  return "/usr/lib/postgresql/" + std::to_string(major) + "/bin";
}

/// Returns the newest version installed, whose pg_dump reads all that are older.
int newest_installed() {
  int newest = 0;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", unreadable)) {
    if (!std::filesystem::exists(entry.path() / "bin/initdb")) continue;
    newest = std::max(newest, std::atoi(entry.path().filename().c_str()));
  }
  return newest;
}

/// Returns the folder, or an empty string and the reason in `missing`.
std::string fetched(const char* script, int major, std::string& missing) {
  ProcessResult shown = run_command({script, "--show", std::to_string(major)});
  while (shown.out.ends_with('\n')) shown.out.pop_back();
  if (shown.exit_status == 0) return shown.out;
  missing = "PostgreSQL " + std::to_string(major) + " is missing here: " + shown.out + shown.err;
  return {};
}

}  // namespace

Version find_version(int major) {
  Version version = {.major = major};
  if (std::filesystem::exists(installed_bin(major) + "/initdb")) {
    version.server_bin = version.client_bin = installed_bin(major);
    return version;
  }
  if (major >= kFirstWhole) {
    const std::string whole = find_whole_version(major, version.missing);
    version.server_bin = version.client_bin = whole + "/bin";
    return version;
  }
  const int newest = newest_installed();
  version.client_bin =
      major <= newest ? installed_bin(newest) : fetched(kFetchClients, major, version.missing);
  version.server_bin = fetched(kFetchServers, major, version.missing);
  return version;
}

std::string find_whole_version(int major, std::string& missing) {
  return fetched(kFetchClusters, major, missing);
}

std::string path_with_fetched_clients() {
  const char* own = std::getenv("PATH");
  std::string path = own == nullptr ? "" : own;
  for (const int major : {17, 18, 19}) {
    const Version version = find_version(major);
    if (version.missing.empty()) path += ':' + version.client_bin;
  }
  return path;
}

}  // namespace pghaul::support

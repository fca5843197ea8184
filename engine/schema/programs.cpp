#include "schema/programs.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <stop_token>
#include <system_error>
#include <tuple>

#include "process/run_program.h"

namespace pghaul::schema {
namespace {

namespace fs = std::filesystem;
constexpr const char* kDebianVersions = "/usr/lib/postgresql";  // one folder for each major version
/// Oldest version whose error messages are known here.
constexpr int kOldestMajor = 12;

int major(int version) {
  return version / 10000;
}

std::vector<fs::path> folders() {
  std::vector<fs::path> result;
  const char* path = std::getenv("PATH");
  std::istringstream parts(path == nullptr ? "" : path);
  for (std::string part; std::getline(parts, part, ':');) {
    if (part.starts_with('/')) result.emplace_back(part);  // a relative one depends on where we happen to be
  }
  std::error_code unreadable;
  for (fs::directory_iterator version(kDebianVersions, unreadable);
       !unreadable && version != fs::directory_iterator(); version.increment(unreadable)) {
    result.push_back(version->path() / "bin");
  }
  return result;
}

/// Recognizes Debian's /usr/bin/pg_dump, a script that starts a version of its own choice of those that are
/// found anyway.
bool is_wrapper(const fs::path& program) {
  return program.filename() == "pg_wrapper";
}

/// Errors  that of the first program that could not be started, where there is no other.
Result<std::vector<Programs>> installed_programs() {
  std::vector<Programs> result;
  std::set<fs::path> seen;
  std::optional<Error> failure;
  for (const fs::path& folder : folders()) {
    std::error_code absent;
    const fs::path dump = fs::canonical(folder / "pg_dump", absent);
    if (absent || is_wrapper(dump) || !seen.insert(dump).second) continue;
    const fs::path restore = dump.parent_path() / "pg_restore";
    if (access(dump.c_str(), X_OK) != 0 || access(restore.c_str(), X_OK) != 0) continue;
    const Result<process::Finished> said =
        process::run_program({{dump, "--version"}, {}, {}}, std::stop_token{});
    if (!said && !failure) failure = said.error();
    if (!said || said->exit_status != 0) continue;  // built for another machine, or broken
    if (const std::optional<int> version = parse_program_version(said->out)) {
      result.push_back({dump, restore, *version});
    }
  }
  if (result.empty() && failure) return fail(*failure);
  return result;
}

std::string list(const std::vector<Programs>& programs) {
  std::string versions;
  for (const Programs& each : programs) {
    versions += (versions.empty() ? "" : ", ") + each.version_text() + " (" + each.dump + ")";
  }
  return versions;
}

}  // namespace

std::string Programs::version_text() const {
  return std::to_string(version / 10000) + "." + std::to_string(version % 10000);
}

Result<std::vector<Programs>> find_programs(int source_version, int target_version) {
  const Result<std::vector<Programs>> installed = installed_programs();
  if (!installed) return fail(installed.error());
  std::vector<Programs> found = suitable_programs(*installed, source_version, target_version);
  if (!found.empty()) return found;
  const std::string source = std::to_string(major(source_version));
  const std::string wanted = std::to_string(std::max(major(source_version), major(target_version)));
  return fail(ErrorCode::program_missing,
              installed->empty() ? "this machine has no pg_dump and pg_restore"
                                 : "no pg_dump on this machine can read PostgreSQL " + source +
                                       "; there is only " + list(*installed),
              "install the package postgresql-client-" + wanted + ", or put the folder of PostgreSQL " +
                  wanted + "'s programs into PATH");
}

std::vector<Programs> suitable_programs(std::vector<Programs> candidates, int source_version,
                                        int target_version) {
  const int target = major(target_version);
  std::erase_if(candidates, [&](const Programs& each) {
    return major(each.version) < std::max(major(source_version), kOldestMajor);
  });
  const auto rank = [&](const Programs& each) {
    const int own = major(each.version);
    const int beyond = std::max(own - target, 0);
    return std::tuple(beyond, std::abs(own - target), -each.version);
  };
  std::ranges::stable_sort(candidates, {}, rank);
  return candidates;
}

std::optional<int> parse_program_version(std::string_view said) {
  const std::size_t begin = said.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  const char* const end = said.data() + said.size();
  int first = 0;
  int second = 0;
  const char* next = std::from_chars(said.data() + begin, end, first).ptr;
  if (next != end && *next == '.') std::from_chars(next + 1, end, second);  // "19rc1" has none
  return first * 10000 + second;
}

}  // namespace pghaul::schema

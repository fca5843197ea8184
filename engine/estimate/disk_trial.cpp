#include "estimate/disk_trial.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <span>
#include <vector>

#include "base/units.h"
#include "measure/sample_statistics.h"
#include "transport/file.h"

namespace pghaul::estimate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBlock = 2_MiB;  // size of a frame
constexpr int kBlocks = 16;
constexpr double kMostSeconds = 2;  // on a slow disk: fewer blocks
constexpr int kSmallFiles = 8;
constexpr std::size_t kSmallBytes = 4_KiB;

std::string existing(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::path path = std::filesystem::absolute(folder, ignored);
  while (path.has_relative_path() && !std::filesystem::is_directory(path, ignored)) path = path.parent_path();
  return path;
}

/// Opens a file without a name.
Result<transport::File> open_unnamed(const std::string& folder) {
  int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {  // not supported by every file system
    std::string name = folder + "/pghaul-XXXXXX";
    descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0) unlink(name.c_str());
  }
  if (descriptor < 0) return transport::system_failure("write into", folder);
  return transport::File(descriptor, "a file in " + folder);
}

/// Returns random bytes, which no layer can compress.
std::vector<std::byte> noise(std::size_t size) {
  std::mt19937_64 random(7);
  std::vector<std::byte> bytes(size);
  std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random()); });
  return bytes;
}

Status try_large(const std::string& folder, std::span<const std::byte> block, DiskTrial& trial) {
  Result<transport::File> file = open_unnamed(folder);
  if (!file) return fail(file.error());
  const auto start = Clock::now();
  double gigabytes = 0;
  for (int i = 0; i < kBlocks && measure::seconds_since(start) < kMostSeconds; ++i) {
    if (Status written = file->write(block); !written) return written;
    gigabytes += static_cast<double>(block.size()) / kGigabyte;
  }
  trial.cached_gb = measure::seconds_since(start) / gigabytes;
  if (Status synced = file->sync(); !synced) return synced;
  trial.disk_gb = measure::seconds_since(start) / gigabytes;
  return {};
}

Status try_small(const std::string& folder, std::span<const std::byte> bytes, DiskTrial& trial) {
  std::vector<double> making;
  std::vector<double> syncing;
  for (int i = 0; i < kSmallFiles; ++i) {
    auto start = Clock::now();
    Result<transport::File> file = open_unnamed(folder);
    if (!file) return fail(file.error());
    if (Status written = file->write(bytes); !written) return written;
    making.push_back(measure::seconds_since(start));
    start = Clock::now();
    if (Status synced = file->sync(); !synced) return synced;
    syncing.push_back(measure::seconds_since(start));
  }
  trial.make_file = measure::median(std::move(making));
  trial.sync_file = measure::median(std::move(syncing));
  return {};
}

}  // namespace

Result<std::int64_t> free_bytes_at(const std::string& folder) {
  const std::string path = existing(folder);
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) != 0) return transport::system_failure("look at", path);
  return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
}

Result<DiskTrial> try_disk(const std::string& folder) {
  const std::string path = existing(folder);
  DiskTrial trial;
  const Result<std::int64_t> free = free_bytes_at(folder);
  if (!free) return fail(free.error());
  trial.free_bytes = *free;
  const std::vector<std::byte> block = noise(kBlock);
  if (Status tried = try_large(path, block, trial); !tried) return fail(tried.error());
  if (Status tried = try_small(path, std::span(block).first(kSmallBytes), trial); !tried) {
    return fail(tried.error());
  }
  return trial;
}

}  // namespace pghaul::estimate

#include "metrics_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "replace_file.h"

namespace pghaul::command {
namespace {

constexpr std::chrono::seconds kEvery{3};
constexpr mode_t kReadableByAll = 0644;  // the collector runs as another user

}  // namespace

bool MetricsFile::take(const nlohmann::json& event) {
  if (path_.empty()) return true;
  const std::lock_guard lock(mutex_);
  metrics_.take(event);
  const Clock::time_point now = Clock::now();
  const std::string kind = event.value("event", "");
  if (kind != "started" && kind != "finished" && now - written_ < kEvery) return true;
  written_ = now;
  const int error = replace_file(path_, metrics_.text(), kReadableByAll);
  if (error == 0 || std::exchange(failed_, true)) return true;
  errno = error;
  return false;
}

tl::expected<void, Failure> MetricsFile::finish(int exit_status) {
  if (path_.empty()) return {};
  const std::lock_guard lock(mutex_);
  metrics_.set_exit_status(exit_status);
  const int error = replace_file(path_, metrics_.text(), kReadableByAll);
  if (error == 0) return {};
  return tl::make_unexpected(
      Failure{fmt::format("cannot write the metrics to '{}': {}", path_, std::strerror(error)), {}, {}});
}

}  // namespace pghaul::command

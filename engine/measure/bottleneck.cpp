#include "measure/bottleneck.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pghaul::measure {
namespace {

// The order decides which cause is named when as many sessions wait for both: what a person can do something
// about comes first.
enum class Cause { locks, standby, checkpoint, wal, write, read, compute, other };
constexpr std::array kTargetWords{"target locks", "target's standby", "target checkpoint", "target WAL",
                                  "target write", "target disk read", "target CPU",        "target"};
constexpr std::array kSourceWords{"source locks",      "source's standby", "source checkpoint", "source WAL",
                                  "source disk write", "source read",      "source CPU",        "source"};

bool is_about(std::string_view event, std::string_view word) {
  const auto alike = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  return !std::ranges::search(event, word, alike).empty();
}

Cause cause_of(const Wait& wait) {
  if (wait.type.empty()) return Cause::compute;
  if (wait.type == "Lock") return Cause::locks;
  if (wait.event == "SyncRep") return Cause::standby;
  if (is_about(wait.event, "checkpoint")) return Cause::checkpoint;
  if (is_about(wait.event, "wal")) return Cause::wal;
  if (wait.type == "IO") {
    return is_about(wait.event, "read") || is_about(wait.event, "prefetch") ? Cause::read : Cause::write;
  }
  if (wait.type == "IPC" && is_about(wait.event, "parallel")) return Cause::compute;  // its workers are at it
  if (is_about(wait.event, "HashBuild") || is_about(wait.event, "Sort")) return Cause::compute;
  return Cause::other;
}

/// Recognizes a server that waits for us, which isn't what holds us up.
bool is_for_the_client(const Wait& wait) {
  return wait.type == "Client";
}

}  // namespace

std::string bottleneck(const std::vector<Wait>& waits) {
  std::array<unsigned, kTargetWords.size()> on_target{};
  std::array<unsigned, kSourceWords.size()> on_source{};
  unsigned source_sends = 0;
  unsigned target_starves = 0;
  for (const Wait& wait : waits) {
    const bool source = wait.server == Wait::Server::source;
    if (is_for_the_client(wait)) {
      (source ? source_sends : target_starves) += wait.count;
    } else {
      (source ? on_source : on_target)[static_cast<std::size_t>(cause_of(wait))] += wait.count;
    }
  }
  // A source that can't get rid of rows and a target that gets none: the network between them is slow.
  unsigned most = std::min(source_sends, target_starves);
  std::string words = most > 0 ? "network" : "";
  for (std::size_t cause = 0; cause < on_target.size(); ++cause) {
    if (on_target[cause] > most) {
      most = on_target[cause];
      words = kTargetWords[cause];
    }
    if (on_source[cause] > most) {
      most = on_source[cause];
      words = kSourceWords[cause];
    }
  }
  return words;
}

}  // namespace pghaul::measure

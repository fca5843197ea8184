#include "live/slot_warnings.h"

#include <fmt/format.h>

namespace pghaul::live {
namespace {

constexpr double kMegabyte = 1e6;

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{:.0f} MB", static_cast<double>(bytes) / kMegabyte);
}

}  // namespace

Status SlotWarnings::judge(const follow::SlotSize& slot) {
  using follow::SlotVerdict;
  const SlotVerdict verdict = follow::judge(slot);
  const std::string holds = "the replication slot of the live copy holds " + megabytes(slot.held) + " of WAL";
  if (verdict == SlotVerdict::over_limit) {
    return fail(ErrorCode::refused,
                fmt::format("{} on the source, more than --slot-limit allows ({}): the live copy is given up",
                            holds, megabytes(slot.limit)),
                "copy again when the source writes less, or with a larger --slot-limit: pghaul copy --follow "
                "--confirm");
  }
  if (verdict == SlotVerdict::fine || !warned_.insert(verdict).second) return {};
  if (verdict == SlotVerdict::near_limit) {
    context_.events.warning(
        fmt::format("{} on the source; at {} it is given up (--slot-limit)", holds, megabytes(slot.limit)),
        "have the source write less until the target has caught up", {});
  } else {
    context_.events.warning(
        fmt::format("{}; when it has to hold {} more, the source gives it up, and the live copy is lost",
                    holds, megabytes(*slot.may_grow)),
        "raise max_slot_wal_keep_size on the source, if its disk has room", {});
  }
  return {};
}

}  // namespace pghaul::live

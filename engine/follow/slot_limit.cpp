#include "follow/slot_limit.h"

namespace pghaul::follow {

SlotVerdict judge(const SlotSize& slot) noexcept {
  if (slot.limit > 0 && slot.held >= slot.limit) return SlotVerdict::over_limit;
  if (slot.limit > 0 && slot.held >= slot.limit / 5 * 4) return SlotVerdict::near_limit;
  if (slot.may_grow && *slot.may_grow < slot.held / 4) return SlotVerdict::near_server_limit;
  return SlotVerdict::fine;
}

}  // namespace pghaul::follow

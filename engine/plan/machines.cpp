#include "plan/machines.h"

#include <algorithm>

namespace pghaul::plan {

void Machines::join(Party one, Party other) noexcept {
  const std::uint8_t from = place[static_cast<std::size_t>(one)];
  const std::uint8_t to = place[static_cast<std::size_t>(other)];
  if (from == to) return;
  cores[to] = std::max(cores[from], cores[to]);
  std::ranges::replace(place, from, to);
}

}  // namespace pghaul::plan

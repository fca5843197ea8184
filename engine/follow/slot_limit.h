#pragma once

#include <cstdint>
#include <optional>

namespace pghaul::follow {

/// The WAL that a replication slot keeps, and what bounds it. In bytes.
struct SlotSize {
  std::int64_t held = 0;
  std::optional<std::int64_t> may_grow;  // until the server gives the slot up; nothing: the disk is the bound
  std::int64_t limit = 0;                // that the user has set; 0: none
};

enum class SlotVerdict : std::uint8_t {
  fine,
  near_server_limit,  // the server gives the slot up when it grows by another quarter
  near_limit,         // four fifths of the user's limit are reached
  over_limit          // it has to be given up now, for the source's sake
};
[[nodiscard]] SlotVerdict judge(const SlotSize& slot) noexcept;

}  // namespace pghaul::follow

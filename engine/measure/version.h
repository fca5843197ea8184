#pragma once

namespace pghaul::measure {

inline constexpr const char* kVersion = PGHAUL_VERSION;  // the project's, from CMake
/// Of reports and events: what it promises stands in docs/report.md and docs/events.md.
inline constexpr int kFormat = 1;

}  // namespace pghaul::measure

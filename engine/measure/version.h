#pragma once

namespace pghaul::measure {

inline constexpr const char* kVersion = PGHAUL_VERSION;  // the project's, from CMake
/// The format of reports and events; docs/report.md and docs/events.md say what it promises.
inline constexpr int kFormat = 1;

}  // namespace pghaul::measure

#pragma once

namespace pghaul::measure {

extern const char* const kVersion;  // the project's, from CMake
/// The format of reports and events; docs/report.md and docs/events.md say what it promises.
inline constexpr int kFormat = 1;

}  // namespace pghaul::measure

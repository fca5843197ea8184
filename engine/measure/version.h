#pragma once

namespace pghaul::measure {

inline constexpr const char* kVersion = PGHAUL_VERSION;  // the project's, from CMake

}  // namespace pghaul::measure

#pragma once

namespace pghaul::postgres {

/// As SQLSTATE of a connection that was accepted, and got no session: of a pooler that has lent out all of
/// its own.
inline constexpr const char* kNoSession = "PGH02";

}  // namespace pghaul::postgres

#pragma once

namespace pghaul::postgres {

/// SQLSTATE of a connection that was accepted but got no session: from a pooler that has all of its own in
/// use.
inline constexpr const char* kNoSession = "PGH02";

}  // namespace pghaul::postgres

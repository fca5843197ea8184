#pragma once

namespace pghaul {

/// The schema on the source of live copies that is pghaul's own. Publications and slots of live copies have
/// names that begin with it.
inline constexpr const char* kLiveSchema = "pghaul_live";

}  // namespace pghaul

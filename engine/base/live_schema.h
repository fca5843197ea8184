#pragma once

namespace pghaul {

/// The schema on the source of live copies that is pghaul's own. Publications and slots of live copies have
/// names that begin with it.
inline constexpr const char* kLiveSchema = "pghaul_live";

/// The custom setting that is "on" in sessions which apply changes: triggers by which a switchover refuses
/// writes let them pass. It guards against accidents, not against an attack: any role may set it.
inline constexpr const char* kApplierSetting = "pghaul.applier";

}  // namespace pghaul

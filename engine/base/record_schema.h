#pragma once

namespace pghaul {

/// The schema of a target in which a record of its copy is kept, for `pghaul sync`.
inline constexpr const char* kRecordSchema = "pghaul_journal_record";

}  // namespace pghaul

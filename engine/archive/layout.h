#pragma once

/// The names in an archive's folder (docs/formats/archive.md).
namespace pghaul::archive {

inline constexpr const char* kManifest = "manifest.json";  // written last: it makes the folder an archive
inline constexpr const char* kCatalog = "catalog.json";
inline constexpr const char* kSchema = "schema.dump";
inline constexpr const char* kData = "data";
inline constexpr const char* kJournal = "journal.jsonl";  // exists while the archive isn't whole

inline constexpr unsigned long long kMostDocumentBytes = 1ULL << 30;

}  // namespace pghaul::archive

#pragma once

/// The names in an archive's folder (docs/formats/archive.md).
namespace pghaul::archive {

inline constexpr const char* kManifest = "manifest.json";  // what makes a folder an archive: written last
inline constexpr const char* kCatalog = "catalog.json";
inline constexpr const char* kSchema = "schema.dump";
inline constexpr const char* kData = "data";
inline constexpr const char* kJournal = "journal.jsonl";  // while the archive isn't whole

inline constexpr unsigned long long kMostDocumentBytes = 1ULL << 30;

}  // namespace pghaul::archive

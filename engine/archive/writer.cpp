#include "archive/writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "archive/hash_text.h"
#include "archive/layout.h"

namespace pghaul::archive {
namespace {

/// Removes what a failed complete() has left, or data of files that the manifest doesn't know.
Status remove_strangers(const transport::Folder& data, const Manifest* manifest) {
  std::set<std::string> known;
  if (manifest != nullptr) {
    for (const Manifest::Table& table : manifest->tables) {
      for (const Manifest::Rows& rows : table.files) known.insert(rows.file);
    }
    for (const Manifest::Rows& rows : manifest->large_objects) known.insert(rows.file);
    for (const Manifest::Rows& rows : manifest->large_object_properties) known.insert(rows.file);
  }
  const Result<std::vector<std::string>> names = data.names();
  if (!names) return fail(names.error());
  for (const std::string& name : *names) {
    if (known.contains(name)) continue;
    if (Status removed = data.remove(name); !removed) return removed;
  }
  return {};
}

Status sync_rows(const transport::Folder& data) {
  const Result<std::vector<std::string>> names = data.names();
  if (!names) return fail(names.error());
  for (const std::string& name : *names) {
    Result<transport::File> file = data.open_file(name);
    if (!file) return fail(file.error());
    if (Status synced = file->sync(); !synced) return synced;
  }
  return data.sync();
}

}  // namespace

Result<FolderState> look_at_folder(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return FolderState::absent;
    return transport::system_failure("look at", path);
  }
  const Result<transport::Folder> folder = transport::Folder::open(path);
  if (!folder) return fail(folder.error());
  if (folder->has(kManifest)) return FolderState::whole;
  const Result<std::vector<std::string>> names = folder->names();
  if (!names) return fail(names.error());
  if (folder->has(kJournal)) {
    const Result<std::string> journal = folder->read_whole(kJournal, kMostDocumentBytes);
    if (!journal) return fail(journal.error());
    // It ended while it wrote the first line, which comes before all else: there is nothing to continue.
    const bool not_begun = names->size() == 1 && journal->find('\n') == std::string::npos;
    return not_begun ? FolderState::empty : FolderState::unfinished;
  }
  return names->empty() ? FolderState::empty : FolderState::something_else;
}

Result<Writer> Writer::create(const std::string& path, const Journal::Header& header) {
  Result<transport::Folder> folder = transport::Folder::create(path);
  if (!folder) return fail(folder.error());
  Result<Journal> journal = Journal::create(*folder, header);
  if (!journal) return fail(journal.error());
  Result<transport::Folder> data = folder->create_folder(kData);
  if (!data) return fail(data.error());
  if (const Status empty = remove_strangers(*data, nullptr); !empty) return fail(empty.error());
  return Writer(std::move(*folder), std::move(*data), std::move(*journal));
}

Result<Writer> Writer::reopen(const std::string& path) {
  Result<transport::Folder> folder = transport::Folder::open(path);
  if (!folder) return fail(folder.error());
  Result<Journal> journal = Journal::reopen(*folder);
  if (!journal) return fail(journal.error());
  Result<transport::Folder> data = folder->create_folder(kData);
  if (!data) return fail(data.error());
  return Writer(std::move(*folder), std::move(*data), std::move(*journal));
}

Result<Manifest::Document> Writer::write_document(const std::string& file, const std::string& content) {
  if (const Status written = folder_.write_whole(file, content); !written) return fail(written.error());
  return Manifest::Document{file, content.size(), hash_text(content)};
}

Result<transport::File> Writer::create_rows(const std::string& file) const {
  return data_.create_file(file);
}

Status Writer::complete(const Manifest& manifest) {
  if (Status removed = remove_strangers(data_, &manifest); !removed) return removed;
  if (Status synced = sync_rows(data_); !synced) return synced;
  if (Status written = folder_.write_whole(kManifest, manifest.to_json()); !written) return written;
  if (Status removed = folder_.remove(kJournal); !removed) return removed;
  return folder_.sync();
}

}  // namespace pghaul::archive

#pragma once

#include <string>

#include "archive/journal.h"
#include "archive/manifest.h"
#include "base/error.h"
#include "transport/folder.h"

namespace pghaul::archive {

/// The state of a folder with regard to archives.
enum class FolderState { absent, empty, unfinished, whole, something_else };
[[nodiscard]] Result<FolderState> look_at_folder(const std::string& path);

/// An archive in the making: a folder with a journal and without a manifest. complete() makes it one.
///
/// Threads    create_rows() and record() any; the others one at a time, while nobody writes.
class Writer {
 public:
  /// Begins an archive in a folder that is absent or empty, or whose unfinished archive is given up.
  [[nodiscard]] static Result<Writer> create(const std::string& path, const Journal::Header& header);
  /// Continues an unfinished one.
  [[nodiscard]] static Result<Writer> reopen(const std::string& path);

  [[nodiscard]] const Journal& journal() const noexcept { return journal_; }
  [[nodiscard]] const transport::Folder& folder() const noexcept { return folder_; }
  [[nodiscard]] const transport::Folder& data() const noexcept { return data_; }

  [[nodiscard]] Result<Manifest::Document> write_document(const std::string& file,
                                                          const std::string& content);
  [[nodiscard]] Result<transport::File> create_rows(const std::string& file) const;
  /// Records that the file is written.
  [[nodiscard]] Status record(const Journal::FileEntry& line) { return journal_.record(line); }

  /// Makes the archive whole: once this returns it stays so, also after a loss of power.
  [[nodiscard]] Status complete(const Manifest& manifest);

 private:
  Writer(transport::Folder folder, transport::Folder data, Journal journal)
      : folder_(std::move(folder)), data_(std::move(data)), journal_(std::move(journal)) {}

  transport::Folder folder_;
  transport::Folder data_;
  Journal journal_;
};

}  // namespace pghaul::archive

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "archive/manifest.h"
#include "base/error.h"
#include "transport/folder.h"

namespace pghaul::archive {

/// The record of what has been written of an archive that isn't whole yet: journal.jsonl, a header and then a
/// line for each finished file. A line says that a file was written, not that it has reached the disk: a
/// resumed run reads each such file again before it counts.
///
/// Ownership  holds the file's lock: there is one at a time.
/// Threads    done() and record() any.
class Journal {
 public:
  struct Header {
    std::string kind = "pghaul archive journal";
    int format = Manifest::kFormat;
    std::map<std::string, std::string> job;  // what must be the same in a run that resumes
  };
  struct FileEntry {
    Manifest::Rows rows;
    double seconds = 0;
  };

  /// Begins a journal; what the file held is lost.
  [[nodiscard]] static Result<Journal> create(const transport::Folder& folder, const Header& header);
  /// Opens an existing one. A line that was cut off doesn't count.
  [[nodiscard]] static Result<Journal> reopen(const transport::Folder& folder);

  [[nodiscard]] const Header& header() const noexcept { return header_; }
  /// Returns what this run or an earlier one has recorded of a file.
  [[nodiscard]] std::optional<FileEntry> done(const std::string& file) const;
  [[nodiscard]] Status record(const FileEntry& line);

 private:
  Journal(transport::File file, Header header) : file_(std::move(file)), header_(std::move(header)) {}

  transport::File file_;
  Header header_;
  std::map<std::string, FileEntry> done_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();  // guards file_ and done_
};

}  // namespace pghaul::archive

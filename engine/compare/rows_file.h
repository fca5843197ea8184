#pragma once

#include <mutex>
#include <string>

#include "base/error.h"

namespace pghaul::compare {

/// The file that gets the rows in which tables differ, one JSON object a line. Only its owner may read it.
///
/// Ownership  closes the file when destroyed.
/// Threads    any.
class RowsFile {
 public:
  /// `path`: empty: nothing is written.
  [[nodiscard]] static Result<RowsFile> create(const std::string& path);
  RowsFile(RowsFile&& other) noexcept;
  RowsFile& operator=(RowsFile&&) = delete;
  ~RowsFile();

  [[nodiscard]] bool wanted() const noexcept { return descriptor_ >= 0; }
  /// Writes whole lines.
  [[nodiscard]] Status write(const std::string& lines);

 private:
  RowsFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;  // -1: none
  std::mutex mutex_;
};

}  // namespace pghaul::compare

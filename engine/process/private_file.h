#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "process/descriptor.h"

namespace pghaul::process {

/// A temporary file without a name: for the schema's archive, which may hold the passwords of user mappings,
/// and for the passwords that child programs need. No other user can open it, and nothing of it stays when
/// its last user is gone, even after kill -9. In memory where nobody may write to the folder (TMPDIR).
///
/// Ownership  closes the file when destroyed; moves, never copies.
/// Errors     system: no room, or no such folder.
class PrivateFile {
 public:
  [[nodiscard]] static Result<PrivateFile> create(std::string_view content = {});

  /// Returns the path by which this process opens it, and a child program that inherits descriptor().
  [[nodiscard]] std::string path() const;
  [[nodiscard]] int descriptor() const noexcept { return file_.number(); }
  [[nodiscard]] Result<std::string> read() const;

 private:
  explicit PrivateFile(Descriptor file) : file_(std::move(file)) {}
  [[nodiscard]] Status write(std::string_view content) const;

  Descriptor file_;
};

}  // namespace pghaul::process

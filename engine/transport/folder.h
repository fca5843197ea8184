#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "transport/file.h"

namespace pghaul::transport {

/// A folder that is held open: whatever is renamed around it, and whatever names it is asked for, no file
/// outside of it is reached.
///
/// Ownership  owns its descriptor; moves, never copies.
/// Errors     system, with the path; a name that isn't plain is refused.
class Folder {
 public:
  /// Tells whether a name may stand in a folder: letters, digits, '-', '_', '.', and no dot at its beginning.
  [[nodiscard]] static bool is_plain(std::string_view name) noexcept;

  [[nodiscard]] static Result<Folder> open(const std::string& path);
  /// Makes it, for the owner alone, where it doesn't exist; one that exists is closed to others.
  [[nodiscard]] static Result<Folder> create(const std::string& path);
  ~Folder();
  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&& other) noexcept;

  /// Opens a folder in this one; a symbolic link is refused.
  [[nodiscard]] Result<Folder> open_folder(const std::string& name) const;
  [[nodiscard]] Result<Folder> create_folder(const std::string& name) const;
  /// Creates a file, or empties one that exists.
  [[nodiscard]] Result<File> create_file(const std::string& name) const;
  [[nodiscard]] Result<File> open_file(const std::string& name) const;
  [[nodiscard]] Result<File> open_to_append(const std::string& name) const;

  [[nodiscard]] bool has(const std::string& name) const noexcept;
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] Status rename(const std::string& from, const std::string& to) const;
  /// Removes a file; succeeds also when there is none.
  [[nodiscard]] Status remove(const std::string& name) const;
  /// Makes the names in it outlive a loss of power.
  [[nodiscard]] Status sync() const;

  /// Reads all of a file. Errors  also when it has more than `most` bytes.
  [[nodiscard]] Result<std::string> read_whole(const std::string& name, std::uint64_t most) const;
  /// Replaces a file's content atomically: until this returns the file has its old one, if any, whatever
  /// happens.
  [[nodiscard]] Status write_whole(const std::string& name, std::string_view content) const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  Folder(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  [[nodiscard]] std::string shown(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] Result<File> file(const std::string& name, int flags, const char* doing) const;

  int descriptor_ = -1;
  std::string path_;
};

}  // namespace pghaul::transport

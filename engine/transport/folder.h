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
/// Ownership  of its descriptor; moves, never copies.
/// Errors     system, with the path; a name that isn't plain is refused.
class Folder {
 public:
  /// What a name within a folder may look like: letters, digits, '-', '_', '.'; it doesn't begin with a dot.
  [[nodiscard]] static bool is_plain(std::string_view name) noexcept;

  [[nodiscard]] static Result<Folder> open(const std::string& path);
  /// Makes it, for the owner alone, where it doesn't exist; one that exists is closed to others.
  [[nodiscard]] static Result<Folder> create(const std::string& path);
  ~Folder();
  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&& other) noexcept;

  /// A folder in this one; a symbolic link is refused.
  [[nodiscard]] Result<Folder> open_folder(const std::string& name) const;
  [[nodiscard]] Result<Folder> create_folder(const std::string& name) const;
  /// Empties one that exists.
  [[nodiscard]] Result<File> create_file(const std::string& name) const;
  [[nodiscard]] Result<File> open_file(const std::string& name) const;
  [[nodiscard]] Result<File> open_to_append(const std::string& name) const;

  [[nodiscard]] bool has(const std::string& name) const noexcept;
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] Status rename(const std::string& from, const std::string& to) const;
  /// Also when there is no such file.
  [[nodiscard]] Status remove(const std::string& name) const;
  /// Makes the names in it outlive a loss of power.
  [[nodiscard]] Status sync() const;

  /// All of a file. Errors  also when it has more than `most` bytes.
  [[nodiscard]] Result<std::string> read_whole(const std::string& name, std::uint64_t most) const;
  /// Once this returns the file has this content, whatever happens; until then it has its old one, if any.
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

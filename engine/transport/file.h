#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/byte_output.h"

namespace pghaul::transport {

/// A file that is read or written from front to back.
///
/// Ownership  closes it when destroyed; moves, never copies.
/// Errors     system, with the path.
class File : public ByteInput, public ByteOutput {
 public:
  /// Makes a new file, for the owner's eyes alone; one that exists is emptied. A symbolic link is refused.
  [[nodiscard]] static Result<File> create(const std::string& path);
  /// A plain file; a symbolic link, a pipe or a device is refused.
  [[nodiscard]] static Result<File> open(const std::string& path);
  ~File() override;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  /// Returns once all that was written would outlive a loss of power; its name would only after
  /// sync_folder().
  [[nodiscard]] Status sync();
  [[nodiscard]] Result<std::uint64_t> size() const;
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_ = -1;
  std::string path_;
};

/// Makes the names in a folder outlive a loss of power.
[[nodiscard]] Status sync_folder(const std::string& path);

}  // namespace pghaul::transport

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/byte_output.h"

namespace pghaul::transport {

/// A file that is read or written from front to back; Folder opens it.
///
/// Ownership  closes it when destroyed; moves, never copies.
/// Errors     system, with the path.
class File : public ByteInput, public ByteOutput {
 public:
  /// Takes ownership of an open descriptor; `path` is for errors.
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~File() override;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  /// Returns once all that was written would outlive a loss of power; its name would only after
  /// Folder::sync().
  [[nodiscard]] Status sync();
  /// Starts writing out what sync() would wait for.
  void begin_sync() noexcept;
  /// Locks the file; false: another process holds the lock.
  [[nodiscard]] bool lock() noexcept;
  [[nodiscard]] Result<std::uint64_t> size() const;
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }

 private:
  int descriptor_ = -1;
  std::string path_;
};

/// Makes a failure of the last system call's errno.
[[nodiscard]] tl::unexpected<Error> system_failure(const std::string& doing, const std::string& path);

}  // namespace pghaul::transport

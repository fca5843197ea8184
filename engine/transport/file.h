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
  /// Takes an open descriptor over; `path` is for errors.
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~File() override;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  /// Returns once all that was written would outlive a loss of power; its name would only after
  /// Folder::sync().
  [[nodiscard]] Status sync();
  /// Has the system begin what sync() would wait for.
  void begin_sync() noexcept;
  /// False: another process holds the lock.
  [[nodiscard]] bool lock() noexcept;
  [[nodiscard]] Result<std::uint64_t> size() const;
  [[nodiscard]] const std::string& name() const noexcept override { return path_; }

 private:
  int descriptor_ = -1;
  std::string path_;
};

/// What the last system call complained of, on its way.
[[nodiscard]] tl::unexpected<Error> system_failure(const std::string& doing, const std::string& path);

}  // namespace pghaul::transport

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "transport/byte_input.h"
#include "transport/byte_output.h"

namespace pghaul::support {

/// Bytes that were written, kept.
class MemoryOutput : public transport::ByteOutput {
 public:
  Status write(std::span<const std::byte> more) override {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return {};
  }
  std::vector<std::byte> bytes;
};

/// Bytes to read.
class MemoryInput : public transport::ByteInput {
 public:
  explicit MemoryInput(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t count = std::min(into.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0;
  std::string name_ = "rows.frames";
};

}  // namespace pghaul::support

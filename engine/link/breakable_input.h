#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"
#include "transport/byte_input.h"

namespace pghaul::link {

/// A descriptor to read from, until somebody breaks it off, or nobody reads what goes the other way.
///
/// Ownership  of neither descriptor.
/// Threads    read() by one, break_off() by any.
class BreakableInput : public transport::ByteInput {
 public:
  BreakableInput(int descriptor, int output, std::string name);
  ~BreakableInput() override;
  BreakableInput(BreakableInput&&) = delete;
  BreakableInput& operator=(BreakableInput&&) = delete;

  /// Errors  system; connection_lost: broken off.
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  /// Whoever reads, now or later, gets an error.
  void break_off() const noexcept;

 private:
  int descriptor_;
  int output_;
  int bell_;  // an eventfd that rings for good
  std::string name_;
};

}  // namespace pghaul::link

#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/byte_output.h"

namespace pghaul::link {

/// Two descriptors, to read from one and write to the other, until break_off(), or nobody reads what is
/// written.
///
/// Ownership  owns neither.
/// Threads    read() by one, write() by one at a time, break_off() by any.
/// Errors     system; connection_lost: broken off.
class BreakablePipes : public transport::ByteInput, public transport::ByteOutput {
 public:
  BreakablePipes(int input, int output);
  ~BreakablePipes() override;
  BreakablePipes(BreakablePipes&&) = delete;
  BreakablePipes& operator=(BreakablePipes&&) = delete;

  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  /// Names the input.
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  /// Ends all reading and writing, now and later, with an error.
  void break_off() const noexcept;

 private:
  int input_;
  int output_;
  int bell_;  // an eventfd that rings for good
  std::string name_ = "standard input";
};

}  // namespace pghaul::link

#pragma once

#include <string>
#include <utility>

#include "pipeline/tap.h"
#include "verify/digest.h"
#include "verify/float_digits.h"

namespace pghaul::verify {

/// Adds up the digest of the rows that pass.
///
/// Threads    see() by one thread; digest() once that one has ended: after Lane::run().
class RowDigest : public pipeline::Tap {
 public:
  /// `floats`: for rows in text with floating-point numbers that may be written in several ways; empty: each
  /// byte counts.
  explicit RowDigest(FloatColumns floats = {}) : floats_(std::move(floats)) {}

  void see(const pipeline::Chunk& chunk) override;

  [[nodiscard]] const Digest& digest() const noexcept { return digest_; }

 private:
  void see_numbers(const pipeline::Chunk& chunk);

  FloatColumns floats_;
  std::string shortened_;  // the present row
  Digest digest_;
};

}  // namespace pghaul::verify

#pragma once

#include "pipeline/tap.h"
#include "verify/digest.h"

namespace pghaul::verify {

/// Adds up the digest of the rows that pass.
///
/// Threads    see() by one thread; digest() once that one has ended: after Lane::run().
class RowDigest : public pipeline::Tap {
 public:
  void see(const pipeline::Chunk& chunk) override;

  [[nodiscard]] const Digest& digest() const noexcept { return digest_; }

 private:
  Digest digest_;
};

}  // namespace pghaul::verify

#pragma once

#include "measure/progress.h"
#include "pipeline/tap.h"
#include "verify/row_digest.h"

namespace pghaul::job {

/// Counts rows for the progress display, besides their digest.
class MeteredDigest : public pipeline::Tap {
 public:
  explicit MeteredDigest(measure::Progress::Meter& meter) : meter_(&meter) {}
  MeteredDigest(const MeteredDigest&) = delete;
  /// Rows that were not kept will be counted again.
  ~MeteredDigest() override {
    if (!kept_) meter_->take_back(digest().bytes, digest().rows);
  }
  void keep() noexcept { kept_ = true; }
  void see(const pipeline::Chunk& chunk) override {
    digest_.see(chunk);
    meter_->add(chunk.bytes().size(), chunk.rows());
  }
  [[nodiscard]] const verify::Digest& digest() const noexcept { return digest_.digest(); }

 private:
  verify::RowDigest digest_;
  measure::Progress::Meter* meter_;
  bool kept_ = false;
};

}  // namespace pghaul::job

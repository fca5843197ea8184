#pragma once

#include <cstdint>

#include "measure/progress.h"
#include "pipeline/tap.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {

/// Counts rows for the progress display, besides their digest.
class MeteredDigest : public pipeline::Tap {
 public:
  MeteredDigest(measure::Progress::Meter& meter, const verify::FloatColumns& floats)
      : digest_(floats), meter_(&meter) {}
  MeteredDigest(const MeteredDigest&) = delete;
  /// Takes the counts of rows that were not kept back: they will be counted again.
  ~MeteredDigest() override {
    if (!kept_) meter_->take_back(bytes_, digest().rows);
  }
  void keep() noexcept { kept_ = true; }
  void see(const pipeline::Chunk& chunk) override {
    digest_.see(chunk);
    bytes_ += chunk.bytes().size();
    meter_->add(chunk.bytes().size(), chunk.rows());
  }
  [[nodiscard]] const verify::Digest& digest() const noexcept { return digest_.digest(); }

 private:
  verify::RowDigest digest_;
  measure::Progress::Meter* meter_;
  std::uint64_t bytes_ = 0;
  bool kept_ = false;
};

}  // namespace pghaul::tasks

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "estimate/line_meter.h"
#include "estimate/pack_trial.h"
#include "estimate/sampler.h"
#include "pipeline/chunk.h"
#include "pipeline/lane.h"
#include "plan/cost.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"
#include "transport/compression.h"
#include "transport/frame_decoder.h"
#include "transport/frame_encoder.h"

namespace pghaul::estimate {

/// Reads a few pieces of tables from the source, packs them into frames as an archive has them, and unpacks
/// these again, all in memory; measures the time of each.
///
/// Reads    as Sampler does.
/// Memory   a table's pieces.
/// Threads  one.
class StoreSampler {
 public:
  using Clock = Sampler::Clock;

  /// `found` must outlive it. Statements are given up after `deadline`.
  [[nodiscard]] static Result<StoreSampler> open(const discovery::Discovery& found,
                                                 const discovery::Options& options,
                                                 Clock::time_point deadline, const std::stop_token& stop);

  /// Samples one table, or several tiny ones. `rates`: the prediction that the times are compared with.
  [[nodiscard]] Result<TableSample> sample(const std::vector<catalog::Place>& tables,
                                           const plan::Rates& rates);

  struct Objects {
    std::int64_t bytes = 0;
    std::int64_t stored_bytes = 0;
  };
  /// Sets in `rates` the measured times of the first large objects.
  [[nodiscard]] Result<Objects> sample_large_objects(plan::Rates& rates);

  /// Returns the fixed time of a task, without the way to the source.
  [[nodiscard]] Result<double> transaction_seconds();

 private:
  StoreSampler(const discovery::Discovery& found, const discovery::Options& options,
               postgres::Connection source, Clock::time_point deadline);

  [[nodiscard]] Status limit_statements();
  /// Adds the rows of `sql` to those that are kept; returns the seconds that this took.
  [[nodiscard]] Result<double> read(const std::string& sql, postgres::CopyFormat format,
                                    const std::string& what);
  /// Returns the ratio of the measured time to that of the rates.
  [[nodiscard]] Result<double> read_table(catalog::Place place, const plan::Rates& rates,
                                          TableSample& sample);
  [[nodiscard]] Result<PackTrial> pack();
  void forget();

  const discovery::Discovery* found_;
  transport::Compression compression_;
  LineMeter lines_;
  postgres::Connection source_;
  std::unique_ptr<postgres::CancelOnStop> cancel_source_on_stop_;
  Clock::time_point deadline_;
  pipeline::Lane lane_;
  pipeline::Chunk buffer_;
  std::unique_ptr<transport::FrameEncoder> encoder_;
  std::unique_ptr<transport::FrameDecoder> decoder_;
  KeptRows rows_;
  std::uint64_t kept_bytes_ = 0;
  std::uint64_t kept_rows_ = 0;
  plan::LineTime crossing_;  // line time of the kept rows
  double seconds_ = 0;
};

}  // namespace pghaul::estimate

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
/// these again, all in memory; takes the time of each.
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

  /// Of one table, or of several tiny ones. `rates`: what the sample is put beside.
  [[nodiscard]] Result<TableSample> sample(const std::vector<catalog::Place>& tables,
                                           const plan::Rates& rates);

  struct Objects {
    std::int64_t bytes = 0;
    std::int64_t stored_bytes = 0;
  };
  /// Sets in `rates` what the first large objects took.
  [[nodiscard]] Result<Objects> sample_large_objects(plan::Rates& rates);

  /// Seconds of a task's fixed part, without the way to the source.
  [[nodiscard]] Result<double> transaction_seconds();

 private:
  StoreSampler(const discovery::Discovery& found, const discovery::Options& options,
               postgres::Connection source, Clock::time_point deadline);

  [[nodiscard]] Status limit_statements();
  /// Adds its rows to those that are kept; gives the seconds that took.
  [[nodiscard]] Result<double> read(const std::string& sql, postgres::CopyFormat format,
                                    const std::string& what);
  /// How many times what the rates say.
  [[nodiscard]] Result<double> read_table(catalog::Place place, const plan::Rates& rates,
                                          TableSample& sample);
  [[nodiscard]] Result<PackTrial> pack();
  void forget();

  const discovery::Discovery* found_;
  transport::Compression compression_;
  LineMeter lines_;
  postgres::Connection source_;
  std::unique_ptr<postgres::LetGo> let_go_of_source_;
  Clock::time_point deadline_;
  pipeline::Lane lane_;
  pipeline::Chunk buffer_;
  std::unique_ptr<transport::FrameEncoder> encoder_;
  std::unique_ptr<transport::FrameDecoder> decoder_;
  KeptRows rows_;
  std::uint64_t kept_bytes_ = 0;
  std::uint64_t kept_rows_ = 0;
  plan::Crossing crossing_;  // of them
  double seconds_ = 0;
};

}  // namespace pghaul::estimate

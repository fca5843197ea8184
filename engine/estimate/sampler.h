#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "estimate/line_meter.h"
#include "estimate/scratch.h"
#include "pipeline/chunk.h"
#include "pipeline/lane.h"
#include "pipeline/source.h"
#include "plan/cost.h"
#include "postgres/cancel_on_stop.h"
#include "transport/frame_decoder.h"

namespace pghaul::estimate {

/// Measurements of a few megabytes of one table, or of a group of tiny ones, in relation to the shipped
/// rates.
struct TableSample {
  catalog::Place relation = catalog::kNone;  // for several tiny ones the first, which stands for all
  plan::Volume volume;                       // the volume that was copied
  std::int64_t stream_bytes = 0;             // the same as COPY data
  double copy = 0;                           // this and what follows: times the rates; 0: not measured
  double copy_spread = 0;                    // between pieces: standard deviation of the logarithm
  double read_back = 0;
  double analyze = 0;
  double from_source = 0;  // time that lines are busy
  double to_target = 0;
  double read_source = 0;  // this and the next two: of an archive that is written
  double pack = 0;
  double unpack = 0;
  std::int64_t stored_bytes = 0;  // what stream_bytes take in an archive
  std::vector<std::pair<catalog::Place, double>> indexes;

  /// Divides the measured times by those that `rates` predict. `crossed`: how long `volume` kept the lines
  /// busy.
  void compare_with(const plan::LineTime& crossed, const plan::Rates& rates);
};

/// Copies a few pieces of tables into the scratch schema, builds their indexes there, reads them back,
/// analyzes them; measures the time of each, and drops everything again.
///
/// Reads  sample_pieces() of a table, by page ranges, in the run's snapshot; where an
///        archive is the source, the first rows of its files.
/// Threads  one.
class Sampler {
 public:
  using Clock = std::chrono::steady_clock;

  /// The first two have to outlive it. Statements are cancelled after `deadline`, or when `stop` is
  /// requested.
  [[nodiscard]] static Result<Sampler> open(const discovery::Discovery& found, Scratch& scratch,
                                            Clock::time_point deadline, const std::stop_token& stop);

  /// Samples a table, or several tiny ones, which share transactions as they do in a copy. `rates`: the
  /// prediction that the times are compared with.
  [[nodiscard]] Result<TableSample> sample(const std::vector<catalog::Place>& tables,
                                           const plan::Rates& rates);
  /// Sets the measured rates of large objects. Not for an archive's.
  [[nodiscard]] Status sample_large_objects(plan::Rates& rates);
  // The next three leave out the way to the servers.
  /// Returns the seconds of a task's fixed part: a transaction on each server, one row written in the
  /// target's.
  [[nodiscard]] Result<double> transaction_seconds();
  /// Returns the seconds that TRUNCATE adds to a transaction. Comes after transaction_seconds().
  [[nodiscard]] Result<double> truncate_seconds();
  /// Returns the seconds of one CREATE TABLE, committed.
  [[nodiscard]] Result<double> create_table_seconds();

 private:
  Sampler(const discovery::Discovery& found, Scratch& scratch, std::optional<postgres::Connection> source,
          Clock::time_point deadline);

  /// A table and its counterpart in the scratch schema.
  struct Trial {
    catalog::Place place;
    const catalog::Relation* relation;
    bool binary;
    catalog::Relation scratch;
    plan::Volume volume;  // the volume that was copied
    double share = 0;     // fraction of the table that was copied
  };

  /// A part of a table that is read at a stretch: pages, or the first bytes of a file.
  struct Extract {
    plan::PageRange pages;
    const archive::Manifest::Rows* file = nullptr;
    std::size_t bytes = 0;
  };

  /// Gives each statement what is left of the time.
  [[nodiscard]] Status limit_statements();
  /// Does so again where half of that is gone: it takes a round trip.
  [[nodiscard]] Status shorten_limit();
  [[nodiscard]] Result<double> without_round_trips(Result<double> seconds, double of_source = 0) const;
  [[nodiscard]] std::vector<Trial> trials_of(const std::vector<catalog::Place>& tables) const;
  [[nodiscard]] std::vector<Extract> extracts_of(const Trial& trial) const;
  /// Begins a transaction with the snapshot, while it lives; nothing for an archive.
  [[nodiscard]] Result<std::optional<postgres::Transaction>> begin_reading();
  [[nodiscard]] Result<std::unique_ptr<pipeline::Source>> open(const Trial& trial, const Extract& extract);
  [[nodiscard]] Status copy(std::vector<Trial>& trials, TableSample& sample);
  struct Piece {
    double seconds;
    plan::Volume volume;
    plan::LineTime crossing;
  };
  [[nodiscard]] Result<Piece> copy_piece(Trial& trial, const Extract& extract, bool freeze,
                                         TableSample& sample);
  /// Returns the fraction of the table that the rows of an extract are.
  [[nodiscard]] double share_of(const Trial& trial, const Extract& extract, std::uint64_t rows) const;
  [[nodiscard]] Status read_back(const std::vector<Trial>& trials, TableSample& sample);
  [[nodiscard]] Status analyze(const std::vector<Trial>& trials, TableSample& sample);
  [[nodiscard]] Status build_indexes(const std::vector<Trial>& trials, TableSample& sample);

  const discovery::Discovery* found_;
  Scratch* scratch_;
  LineMeter lines_;
  std::optional<postgres::Connection> source_;  // none: an archive is the source
  std::unique_ptr<postgres::CancelOnStop> cancel_source_on_stop_;
  std::unique_ptr<transport::FrameDecoder> unpacker_;  // an archive's
  Clock::time_point deadline_;
  Clock::time_point limit_again_{};
  plan::Rates rates_;
  pipeline::Lane lane_;
  pipeline::Chunk buffer_;
};

}  // namespace pghaul::estimate

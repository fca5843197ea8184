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
#include "postgres/let_go.h"
#include "transport/frame_decoder.h"

namespace pghaul::estimate {

/// What a few megabytes of one table, or a batch of tiny ones, took, beside what the shipped rates say of
/// them.
struct TableSample {
  catalog::Place relation = catalog::kNone;  // of several tiny ones the first, which stands for all
  plan::Volume volume;                       // that was copied
  std::int64_t stream_bytes = 0;             // of it, as COPY data
  double copy = 0;                           // each of these: times the rates; 0: not measured
  double copy_spread = 0;                    // between pieces: standard deviation of the logarithm
  double read_back = 0;
  double analyze = 0;
  double from_source = 0;  // what keeps lines busy
  double to_target = 0;
  double read_source = 0;  // these three of an archive that is written
  double pack = 0;
  double unpack = 0;
  std::int64_t stored_bytes = 0;  // of what has stream_bytes, in an archive
  std::vector<std::pair<catalog::Place, double>> indexes;

  /// `crossed`: for how long `volume` kept the lines busy.
  void put_beside(const plan::Crossing& crossed, const plan::Rates& rates);
};

/// Copies a few pieces of tables into the scratch schema, builds their indexes there, reads them back,
/// analyzes them; takes the time of each, and drops everything again.
///
/// Reads  sample_pieces() of a table, by page ranges, in the run's snapshot; where an
///        archive is the source, the first rows of its files.
/// Threads  one.
class Sampler {
 public:
  using Clock = std::chrono::steady_clock;

  /// None of the first three may die before it. Statements are given up after `deadline`, or when `stop` is
  /// requested.
  [[nodiscard]] static Result<Sampler> open(const discovery::Discovery& found,
                                            const discovery::Options& options, Scratch& scratch,
                                            Clock::time_point deadline, const std::stop_token& stop);

  /// `rates`: what the sample is put beside.
  /// Several tables: tiny ones, which share transactions as they do in a copy.
  [[nodiscard]] Result<TableSample> sample(const std::vector<catalog::Place>& tables,
                                           const plan::Rates& rates);
  /// Sets what was measured of them. Not of an archive's.
  [[nodiscard]] Status sample_large_objects(plan::Rates& rates);
  /// These don't count the way to the servers. Seconds of a task's fixed part: a transaction on each server,
  /// one row written in the target's.
  [[nodiscard]] Result<double> transaction_seconds();
  /// Seconds that TRUNCATE adds to a transaction. After transaction_seconds().
  [[nodiscard]] Result<double> truncate_seconds();
  /// Seconds of one CREATE TABLE, committed.
  [[nodiscard]] Result<double> create_table_seconds();

 private:
  Sampler(const discovery::Discovery& found, const discovery::Options& options, Scratch& scratch,
          std::optional<postgres::Connection> source, Clock::time_point deadline);

  /// One table and its like in the scratch schema.
  struct Trial {
    catalog::Place place;
    const catalog::Relation* relation;
    bool binary;
    catalog::Relation scratch;
    plan::Volume volume;  // that was copied
    double share = 0;     // of the table
  };

  /// Of a table what is read at a stretch: pages, or the first bytes of a file.
  struct Extract {
    plan::PageRange pages;
    const archive::Manifest::Rows* file = nullptr;
    std::size_t bytes = 0;
  };

  [[nodiscard]] Status limit_statements();
  [[nodiscard]] Result<double> beside_the_way(Result<double> seconds, double of_source = 0) const;
  [[nodiscard]] std::vector<Trial> trials_of(const std::vector<catalog::Place>& tables) const;
  [[nodiscard]] std::vector<Extract> extracts_of(const Trial& trial) const;
  /// The snapshot, while it lives; nothing for an archive.
  [[nodiscard]] Result<std::optional<postgres::Transaction>> begin_reading();
  [[nodiscard]] Result<std::unique_ptr<pipeline::Source>> open(const Trial& trial, const Extract& extract);
  [[nodiscard]] Status copy(std::vector<Trial>& trials, TableSample& sample);
  struct Piece {
    double seconds;
    plan::Volume volume;
    plan::Crossing crossing;
  };
  [[nodiscard]] Result<Piece> copy_piece(Trial& trial, const Extract& extract, bool freeze,
                                         TableSample& sample);
  /// What part of the table the rows of an extract are.
  [[nodiscard]] double share_of(const Trial& trial, const Extract& extract, std::uint64_t rows) const;
  [[nodiscard]] Status read_back(const std::vector<Trial>& trials, TableSample& sample);
  [[nodiscard]] Status analyze(const std::vector<Trial>& trials, TableSample& sample);
  [[nodiscard]] Status build_indexes(const std::vector<Trial>& trials, TableSample& sample);

  const discovery::Discovery* found_;
  Scratch* scratch_;
  LineMeter lines_;
  std::optional<postgres::Connection> source_;  // none: an archive is the source
  std::unique_ptr<postgres::LetGo> let_go_of_source_;
  std::unique_ptr<transport::FrameDecoder> unpacker_;  // of an archive
  Clock::time_point deadline_;
  plan::Rates rates_;
  pipeline::Lane lane_;
  pipeline::Chunk buffer_;
};

}  // namespace pghaul::estimate

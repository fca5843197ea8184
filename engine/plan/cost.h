#pragma once

#include <vector>

#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// The cost of work on a pair of servers, in seconds. A measurement of the real pair replaces the defaults.
///
/// The defaults marked as measured were taken with both servers and the client on 2 cores, PostgreSQL 15, on
/// 4 M rows of 298 bytes: copied by one lane in 5.7 s (text 1.5 times that), read in 2.3 s (text 3.2),
/// ANALYZE in 0.3; and on 1 M of 190 bytes: a bigint index by one process in 0.45 s, a text index in 1.7. The
/// others are estimates.
struct Rates {
  double transaction = 0.004;  // estimate: a task's fixed part: begin, snapshot, journal, commit
  double truncate = 0.01;      // measured: before rows are frozen; its commit waits for the disk
  double statement = 0.2e-3;   // measured: each further table or constraint
  double copy_table = 0.3e-3;  // measured on tiny tables: fixed cost of COPY
  double make_index = 0.8e-3;  // measured on tiny tables: fixed cost of CREATE INDEX
  double sync_index = 0.4e-3;  // measured: the part of it that PostgreSQL before 17 waits for the disk

  double copy_heap_gb = 2.5;  // measured, as the sum with copy_row
  double copy_row = 0.7e-6;
  double copy_toast_gb = 28;  // estimate: the target compresses again, which costs most where it helps most
  double copy_text = 1.5;     // measured: ratio to binary

  double read_heap_gb = 1.1;  // measured, as the sum with read_row
  double read_row = 0.25e-6;
  double read_toast_gb = 4;  // estimate
  double read_text = 1.4;    // measured: ratio to binary

  double scan_heap_gb = 0.25;      // estimate: from the cache, rows not sent
  double sort_entry = 20e-9;       // measured: times log2(entries), by one process
  double sort_text_entry = 84e-9;  // measured
  double build_together = 1.09;    // measured: ratio of work of several processes, building a B-tree, to one
  double other_index_gb = 60;      // estimate: per GB of an index that is neither B-tree nor BRIN
  double check_referencing = 0.2e-6;  // measured: a foreign key, each referencing row
  double check_referenced = 0.1e-6;   // measured

  double pack_gb = 3.0;    // archive: per GB of rows on disk, to pack them at zstd's level 1 and write them
  double unpack_gb = 1.2;  // archive: to read that again and digest it
  double store_file = 0.1e-3;  // estimate: to make a file and open it again
  double pack_objects_gb = 3.0;
  double unpack_objects_gb = 1.2;

  double analyze_value = 0.6e-6;  // measured: each column of a sampled row
  double analyze_sample = 30000;  // rows in a sample, at default_statistics_target = 100
  double read_statistic = 70e-6;  // measured, PostgreSQL 18: one column's, from the source into the journal
  double statistic = 85e-6;       // measured, PostgreSQL 18: one column's, imported into a table

  double not_frozen = 1.06;  // measured: ratio for rows that are copied without FREEZE, and read back

  // Costs of distance, set by add_lines().
  double source_answer = 0;  // seconds from a question to its answer
  double target_answer = 0;
  double restore_answer = 0;  // the same for pg_restore's connection
  double copy_from_gb = 0;    // seconds that rows keep a line busy, per GB on disk, TOAST apart
  double copy_from_toast_gb = 0;
  double copy_to_gb = 0;
  double copy_to_toast_gb = 0;
  double read_source_gb = 0;  // the same for rows that are only digested
  double read_target_gb = 0;
  double toast_on_line = 2;       // estimate: large values cross as they were before the server packed them
  double restore_questions = 20;  // measured: from pg_restore's start to its first table
  double table_questions = 3.5;   // measured: pg_restore's, for a table
  double compare_questions = 12;  // measured: to compare what a database has besides rows

  // Cores kept busy by one task that runs alone; the client's are those of pghaul.
  Load copying{.source = 0.55, .target = 0.97, .client = 0.23};     // measured
  Load copying_toast{.source = 0.15, .target = 1, .client = 0.05};  // estimate
  Load reading{.source = 0, .target = 1, .client = 0.17};           // measured
  Load indexing{.source = 0, .target = 1, .client = 0};
  Load large_objects{.source = 0.15, .target = 0.95, .client = 0.05};  // measured: first staged, then made
  Load other{.source = 0, .target = 0.9, .client = 0.05};              // estimate

  double large_object = 35e-6;         // measured on random data: each, with its beginning
  double large_object_gb = 6e-6;       // what its beginning takes on disk
  double large_objects_gb = 11;        // measured: per GB beyond their beginnings
  double large_object_read = 9e-6;     // measured: each, with its beginning
  double large_objects_read_gb = 1.5;  // measured
  double sequence = 70e-6;             // measured
  double refresh_gb = 15;              // estimate: of the materialized view; its query may cost anything
  double make_table = 1.2e-3;          // measured: CREATE TABLE, by pg_restore
  double pg_restore = 0.01;            // measured: started, connected and ended again
  double at_the_end = 0.06;            // measured with few objects: comparing catalogs, and reporting
};

/// Ratios of the measured cost of single objects, taken from a sample of each, to what the rates predict.
/// Empty: 1.
struct Factors {
  std::vector<double> copy;                       // by the relation's place
  std::vector<double> read_back;                  // by the relation's place
  std::vector<double> analyze;                    // by the relation's place
  std::vector<double> read_source, pack, unpack;  // by the relation's place, for an archive that is written
  std::vector<double> from_source, to_target;     // by the relation's place: time that lines are busy
  std::vector<double> index;                      // by the index's place
  /// Factor of the processors' part in copying and reading back, where a sample waited for a line most of the
  /// time; 0: all of its time was work.
  double work = 0;

  [[nodiscard]] static double of(const std::vector<double>& factors, catalog::Place place) noexcept {
    return place < factors.size() ? factors[place] : 1;
  }
  /// Returns the fraction of a relation's time, by its factor among these, in which processors are busy.
  [[nodiscard]] double busy(const std::vector<double>& factors, catalog::Place place) const noexcept {
    const double all = of(factors, place);
    return work > 0 && all > work ? work / all : 1;
  }
};

/// Returns what a task of a kind keeps busy; for one that copies rows: copy_load().
[[nodiscard]] Load load_of(TaskKind kind, const Rates& rates) noexcept;

/// The size of one table, or of several together.
struct Volume {
  double rows = 0;
  double heap_gb = 0;
  double toast_gb = 0;

  Volume& operator+=(const Volume& other) noexcept;
};
/// Measures a relation. Rows that the server has not counted are guessed from the bytes.
[[nodiscard]] Volume volume_of(const catalog::Relation& relation) noexcept;

/// Seconds for which rows keep lines busy.
struct LineTime {
  double from_source = 0;
  double to_target = 0;
  double from_target = 0;

  LineTime& operator+=(const LineTime& other) noexcept;
};
/// Returns the line time of a relation that is copied, is read back, or is read on the source for its digest.
[[nodiscard]] LineTime copy_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                                     const Factors& factors) noexcept;
[[nodiscard]] LineTime read_back_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                                          const Factors& factors) noexcept;
[[nodiscard]] LineTime read_source_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                                            const Factors& factors) noexcept;
/// Adds the line time of rows to a task that already has its own work: the longest of them counts.
void cross(Task& task, const LineTime& rows, double part = 1) noexcept;

/// Answers that a task waits for to begin a transaction with the source's snapshot, and to end it.
inline constexpr double kSnapshotAnswers = 2;
/// Returns the seconds for which a task of a copy waits for answers, one after another.
[[nodiscard]] double answer_seconds(const Task& task, const Rates& rates) noexcept;
/// Adds time in which nobody is busy. Comes after cross(): while answers are waited for, no rows are on their
/// way.
void wait_longer(Task& task, double seconds) noexcept;

/// Returns what copying these rows keeps busy: a target that compresses large values is slower than any
/// source.
[[nodiscard]] Load copy_load(const Volume& rows, const Rates& rates) noexcept;

// Seconds for the work alone, without a task's fixed part and without lines.
[[nodiscard]] double copy_seconds(const Volume& rows, bool binary, const Rates& rates) noexcept;
[[nodiscard]] double read_back_seconds(const Volume& rows, bool binary, const Rates& rates) noexcept;
/// Returns the time of one process that builds the index alone.
[[nodiscard]] double index_seconds(const catalog::IndexInfo& index, const Volume& rows,
                                   const Rates& rates) noexcept;
[[nodiscard]] double foreign_key_seconds(const Volume& referencing, const Volume& referenced,
                                         const Rates& rates) noexcept;
[[nodiscard]] double analyze_seconds(const Volume& rows, std::size_t columns, const Rates& rates) noexcept;
// Time to read one relation's statistics, and to import them.
[[nodiscard]] double read_statistics_seconds(std::size_t columns, const Rates& rates) noexcept;
[[nodiscard]] double statistics_seconds(std::size_t columns, const Rates& rates) noexcept;
/// Returns the time from the last task to the end; the source's part overlaps with it.
[[nodiscard]] double ending_seconds(const Rates& rates) noexcept;
/// Returns the time of one pg_restore that makes so many tables; another object counts as the fraction of a
/// table that it costs.
[[nodiscard]] double restore_seconds(double tables, const Rates& rates) noexcept;
// Time for all large objects together.
[[nodiscard]] double large_objects_seconds(const catalog::LargeObjects& objects, const Rates& rates) noexcept;
[[nodiscard]] double read_large_objects_seconds(const catalog::LargeObjects& objects,
                                                const Rates& rates) noexcept;

/// The cost of writing rows into an archive, where one thread reads them and another one packs them.
struct Storing {
  double seconds = 0;
  Load load;
};
/// Combines the two halves of such work, which would take so long alone.
[[nodiscard]] Storing storing(double reading, double packing, const Rates& rates) noexcept;
[[nodiscard]] double pack_seconds(const Volume& rows, const Rates& rates) noexcept;
[[nodiscard]] double unpack_seconds(const Volume& rows, const Rates& rates) noexcept;
[[nodiscard]] double refresh_seconds(const Volume& rows, const Rates& rates) noexcept;

}  // namespace pghaul::plan

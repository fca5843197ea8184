#include "plan/cost.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"

namespace pghaul::plan {

namespace {

constexpr double kGuessedRowBytes = 120;   // size in the heap, where rows have not been counted
constexpr double kSmallestEntryBytes = 6;  // size in an index: bounds the entries of a partial one

double gigabytes(std::int64_t bytes) noexcept {
  return static_cast<double>(bytes) / kGigabyte;
}

double sort_seconds(double entries, double per_entry) noexcept {
  return entries * std::log2(std::max(entries, 2.0)) * per_entry;
}

double on_line(const Volume& rows, double gb, double toast_gb) noexcept {
  return rows.heap_gb * gb + rows.toast_gb * toast_gb;
}

/// Returns the gigabytes of large objects that lie beyond their beginnings.
double beyond_beginnings(const catalog::LargeObjects& objects, const Rates& rates) noexcept {
  return std::max(0.0, gigabytes(objects.bytes) - static_cast<double>(objects.count) * rates.large_object_gb);
}

}  // namespace

Load load_of(TaskKind kind, const Rates& rates) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::sequences:
      return rates.copying;
    case TaskKind::large_objects:
      return rates.large_objects;
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
    case TaskKind::read_back_computed:
      return rates.reading;
    case TaskKind::read_source:
    case TaskKind::large_objects_read_source:
    case TaskKind::read_source_computed:
      return {.source = rates.reading.target, .target = rates.reading.source, .client = rates.reading.client};
    case TaskKind::index:
      return rates.indexing;
    default:
      return rates.other;
  }
}

Volume& Volume::operator+=(const Volume& other) noexcept {
  rows += other.rows;
  heap_gb += other.heap_gb;
  toast_gb += other.toast_gb;
  return *this;
}

Volume volume_of(const catalog::Relation& relation) noexcept {
  // Before PostgreSQL 14, a table that was never analyzed has reltuples 0, not -1.
  const bool counted = relation.estimated_rows > 0;
  const double guessed = static_cast<double>(relation.heap_bytes) / kGuessedRowBytes;
  return {counted ? relation.estimated_rows : guessed, gigabytes(relation.heap_bytes),
          gigabytes(relation.toast_bytes)};
}

LineTime& LineTime::operator+=(const LineTime& other) noexcept {
  from_source += other.from_source;
  to_target += other.to_target;
  from_target += other.from_target;
  return *this;
}

LineTime copy_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                       const Factors& factors) noexcept {
  return {.from_source = on_line(rows, rates.copy_from_gb, rates.copy_from_toast_gb) *
                         Factors::of(factors.from_source, relation),
          .to_target = on_line(rows, rates.copy_to_gb, rates.copy_to_toast_gb) *
                       Factors::of(factors.to_target, relation)};
}

LineTime read_back_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                            const Factors& factors) noexcept {
  return {.from_target = on_line(rows, rates.read_target_gb, rates.read_target_gb * rates.toast_on_line) *
                         Factors::of(factors.to_target, relation)};
}

LineTime read_source_crossing(const Volume& rows, catalog::Place relation, const Rates& rates,
                              const Factors& factors) noexcept {
  return {.from_source = on_line(rows, rates.read_source_gb, rates.read_source_gb * rates.toast_on_line) *
                         Factors::of(factors.from_source, relation)};
}

void cross(Task& task, const LineTime& rows, double part) noexcept {
  const double work = task.seconds;
  task.seconds = std::max({work, rows.from_source * part, rows.to_target * part, rows.from_target * part});
  if (task.seconds <= 0) return;
  task.load *= work / task.seconds;
  task.load.from_source = rows.from_source * part / task.seconds;
  task.load.to_target = rows.to_target * part / task.seconds;
  task.load.from_target = rows.from_target * part / task.seconds;
}

double answer_seconds(const Task& task, const Rates& rates) noexcept {
  const auto objects = static_cast<double>(task.objects.size());
  double of_source = reads_source(task.kind) ? kSnapshotAnswers : 0;
  double of_target = 1;
  if (task.kind == TaskKind::copy) {  // to COPY on both servers, and to its end
    of_source += objects;
    of_target += 2 * objects;
  } else if (task.kind == TaskKind::read_back) {
    of_target += objects;
  }
  return of_source * rates.source_answer + of_target * rates.target_answer;
}

void wait_longer(Task& task, double seconds) noexcept {
  if (seconds <= 0) return;
  task.load *= task.seconds / (task.seconds + seconds);
  task.seconds += seconds;
}

Load copy_load(const Volume& rows, const Rates& rates) noexcept {
  const double toast = rows.toast_gb * rates.copy_toast_gb;
  const double all = rows.heap_gb * rates.copy_heap_gb + rows.rows * rates.copy_row + toast;
  const double share = all > 0 ? toast / all : 0;
  const auto mixed = [share](double heap_load, double toast_load) {
    return heap_load + share * (toast_load - heap_load);
  };
  return {.source = mixed(rates.copying.source, rates.copying_toast.source),
          .target = mixed(rates.copying.target, rates.copying_toast.target),
          .client = mixed(rates.copying.client, rates.copying_toast.client)};
}

double copy_seconds(const Volume& rows, bool binary, const Rates& rates) noexcept {
  const double seconds =
      rows.heap_gb * rates.copy_heap_gb + rows.rows * rates.copy_row + rows.toast_gb * rates.copy_toast_gb;
  return rates.statement + rates.copy_table + seconds * (binary ? 1.0 : rates.copy_text);
}

double read_back_seconds(const Volume& rows, bool binary, const Rates& rates) noexcept {
  const double seconds =
      rows.heap_gb * rates.read_heap_gb + rows.rows * rates.read_row + rows.toast_gb * rates.read_toast_gb;
  return rates.statement + seconds * (binary ? 1.0 : rates.read_text);
}

double index_seconds(const catalog::IndexInfo& index, const Volume& rows, const Rates& rates) noexcept {
  if (index.partitioned) return rates.statement;
  const double scan = rates.statement + rates.make_index + rows.heap_gb * rates.scan_heap_gb;
  if (index.access_method == "brin") return scan;
  if (index.access_method != "btree") return scan + gigabytes(index.bytes) * rates.other_index_gb;
  const double entries = std::min(rows.rows, static_cast<double>(index.bytes) / kSmallestEntryBytes);
  return scan + sort_seconds(entries, index.text_key ? rates.sort_text_entry : rates.sort_entry);
}

double foreign_key_seconds(const Volume& referencing, const Volume& referenced, const Rates& rates) noexcept {
  return 2 * rates.statement + (referencing.heap_gb + referenced.heap_gb) * rates.scan_heap_gb +
         referencing.rows * rates.check_referencing + referenced.rows * rates.check_referenced;
}

double analyze_seconds(const Volume& rows, std::size_t columns, const Rates& rates) noexcept {
  const double sampled = std::min(rows.rows, rates.analyze_sample);
  return rates.statement + sampled * static_cast<double>(columns) * rates.analyze_value;
}

double read_statistics_seconds(std::size_t columns, const Rates& rates) noexcept {
  return static_cast<double>(columns) * rates.read_statistic;
}

double statistics_seconds(std::size_t columns, const Rates& rates) noexcept {
  return rates.statement + static_cast<double>(columns) * rates.statistic;
}

double ending_seconds(const Rates& rates) noexcept {
  return rates.at_the_end + rates.compare_questions * rates.target_answer;
}

double restore_seconds(double tables, const Rates& rates) noexcept {
  if (tables <= 0) return 0;
  return rates.pg_restore + rates.restore_questions * rates.restore_answer +
         tables * (rates.make_table + rates.table_questions * rates.restore_answer);
}

double large_objects_seconds(const catalog::LargeObjects& objects, const Rates& rates) noexcept {
  return static_cast<double>(objects.count) * rates.large_object +
         beyond_beginnings(objects, rates) * rates.large_objects_gb;
}

double read_large_objects_seconds(const catalog::LargeObjects& objects, const Rates& rates) noexcept {
  return static_cast<double>(objects.count) * rates.large_object_read +
         beyond_beginnings(objects, rates) * rates.large_objects_read_gb;
}

Storing storing(double reading, double packing, const Rates& rates) noexcept {
  const double seconds = std::max(reading, packing);
  if (seconds <= 0) return {0, {.source = 0, .target = 0, .client = 0}};
  return {seconds,
          {.source = reading * rates.reading.target / seconds,
           .target = 0,
           .client = (reading * rates.reading.client + packing) / seconds}};
}

double pack_seconds(const Volume& rows, const Rates& rates) noexcept {
  return (rows.heap_gb + rows.toast_gb) * rates.pack_gb;
}

double unpack_seconds(const Volume& rows, const Rates& rates) noexcept {
  return (rows.heap_gb + rows.toast_gb) * rates.unpack_gb;
}

double refresh_seconds(const Volume& rows, const Rates& rates) noexcept {
  return rates.statement + (rows.heap_gb + rows.toast_gb) * rates.refresh_gb;
}

}  // namespace pghaul::plan

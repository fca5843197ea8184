#include "estimate/archive_size.h"

#include <algorithm>
#include <map>

#include "base/units.h"
#include "estimate/sample_choice.h"
#include "plan/relation_groups.h"

namespace pghaul::estimate {
namespace {

constexpr std::int64_t kMargin = 10;  // a tenth

/// The ratio of bytes in an archive to those of the tables on disk.
class Ratio {
 public:
  void add(const TableSample& sample) {
    on_disk_ += (sample.volume.heap_gb + sample.volume.toast_gb) * kGigabyte;
    stored_ += static_cast<double>(sample.stored_bytes);
  }
  [[nodiscard]] bool known() const noexcept { return on_disk_ > 0; }
  [[nodiscard]] double value() const noexcept { return stored_ / on_disk_; }

 private:
  double on_disk_ = 0;
  double stored_ = 0;
};

}  // namespace

std::optional<std::int64_t> stored_bytes(const catalog::Catalog& source,
                                         const std::vector<TableSample>& samples) {
  Ratio all, large, tiny;
  std::map<catalog::Oid, Ratio> of_shape;
  for (const TableSample& sample : samples) {
    const catalog::Relation& relation = source.relations[sample.relation];
    const bool is_tiny = plan::is_tiny(relation);
    all.add(sample);
    (is_tiny ? tiny : large).add(sample);
    if (!is_tiny) of_shape[shape_of(relation)].add(sample);
  }
  double bytes = 0;
  for (const catalog::Relation& relation : source.relations) {
    if (!carries_rows(relation) || relation.heap_bytes + relation.toast_bytes == 0) continue;
    if (!all.known()) return std::nullopt;
    const auto own = of_shape.find(shape_of(relation));
    const Ratio& others = plan::is_tiny(relation) ? tiny : large;
    const Ratio& ratio = own != of_shape.end() && own->second.known() ? own->second
                         : others.known()                             ? others
                                                                      : all;
    bytes += ratio.value() * static_cast<double>(relation.heap_bytes + relation.toast_bytes);
  }
  return static_cast<std::int64_t>(bytes);
}

bool has_room(std::int64_t free_bytes, std::int64_t needed_bytes) noexcept {
  return needed_bytes + needed_bytes / kMargin <= free_bytes;
}

}  // namespace pghaul::estimate

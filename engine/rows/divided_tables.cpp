#include "rows/divided_tables.h"

namespace pghaul::rows {

void DividedTables::add(const std::vector<catalog::Place>& places, Buckets buckets) {
  const auto table = std::make_shared<Table>(std::move(buckets));
  table->tally.buckets = &table->buckets;
  table->tally.source.resize(table->buckets.size());
  table->tally.target.resize(table->buckets.size());
  for (const catalog::Place place : places) tables_[place] = table;
}

const Buckets* DividedTables::buckets(catalog::Place place) const {
  const auto found = tables_.find(place);
  return found == tables_.end() ? nullptr : &found->second->buckets;
}

void DividedTables::count(catalog::Place place, postgres::Side side,
                          const std::vector<verify::Digest>& digests) {
  BucketTally& tally = tables_.at(place)->tally;
  const std::lock_guard lock(mutex_);
  std::vector<verify::Digest>& sums = side == postgres::Side::source ? tally.source : tally.target;
  for (std::size_t i = 0; i < digests.size(); ++i) sums[i] += digests[i];
}

const BucketTally* DividedTables::tally(catalog::Place place) const {
  const auto found = tables_.find(place);
  return found == tables_.end() ? nullptr : &found->second->tally;
}

}  // namespace pghaul::rows

#include "plan/statistics.h"

#include <cmath>

namespace pghaul::plan {
namespace {

constexpr int kFirstThatTakes = 180000;  // by pg_restore_attribute_stats()
constexpr double kFewRows = 1000;        // measured: 500 take as long to analyze, 1,000 twice as long
constexpr double kFarOff = 0.2;          // fraction of the rows

}  // namespace

bool takes_statistics(const catalog::Server& target) noexcept {
  return target.version >= kFirstThatTakes;
}

/// Excludes materialized views: their rows are made anew by a query, and only after all else.
bool worth_carrying(const catalog::Relation& relation) noexcept {
  const bool is_part = relation.extension.empty() && !relation.condition.empty();  // other rows have others
  const bool arrives = relation.kind == 'p' || (carries_rows(relation) && !is_part);
  return arrives && relation.estimated_rows >= kFewRows;
}

bool still_apply(double gathered_of, double arrived) noexcept {
  return std::abs(arrived - gathered_of) <= kFarOff * gathered_of;
}

}  // namespace pghaul::plan

#pragma once

#include "catalog/model.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// Decides into how many page ranges a table is split, given `whole`: the graph in which no table is split.
///
/// Splitting has a price (no FREEZE, more transactions), so a table is split only if it would otherwise
/// finish last: if its way from the first row to its last index, key and read-back takes more than three
/// quarters of a worker's even share of all work; beyond that, others hardly fit beside it. What follows all
/// tasks anyway (post-data, refreshes) doesn't count on either side.
///
/// The number of parts makes each at most a quarter of such a share, in full rounds of all workers, weighted
/// by heap and TOAST, none under 64 MiB.
class Split {
 public:
  Split(const TaskGraph& whole, const catalog::Catalog& source, int jobs);

  [[nodiscard]] std::uint32_t parts(TaskId copy) const;

 private:
  const TaskGraph* whole_;
  const catalog::Catalog* source_;
  int jobs_;
  std::vector<double> remaining_;
  double tail_ = 0;   // path of the tasks that follow all others
  double share_ = 0;  // each worker's share of these others
};

}  // namespace pghaul::plan

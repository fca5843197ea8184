#pragma once

#include <cstdint>
#include <optional>

#include "catalog/model.h"
#include "estimate/calibration.h"
#include "measure/estimate.h"
#include "plan/make_plan.h"
#include "plan/outlook.h"
#include "tasks/task_names.h"

/// The parts of an estimate that are the same whether the target is a server or an archive.
namespace pghaul::estimate {

void add_measured(const discovery::Discovery& found, const Calibration& calibration,
                  measure::Estimate& estimate);
/// Adds the size on disk of what is copied.
void add_sizes(const catalog::Catalog& source, measure::Estimate& estimate);
/// Adds the longest steps of the chain that decides, in their order.
void add_critical(const tasks::TaskNames& names, const plan::Plan& plan, const plan::Outlook& outlook,
                  measure::Estimate& estimate);
/// Adds when each phase is, and when all is done; not the milestones.
void add_phases(const plan::Outlook& outlook, measure::Estimate& estimate);
void add_window(double seconds, measure::Estimate& estimate);
/// Predicts the bytes of COPY data in all tables from the sampled ones.
[[nodiscard]] std::optional<std::int64_t> stream_bytes(const catalog::Catalog& source,
                                                       const Calibration& calibration);

}  // namespace pghaul::estimate

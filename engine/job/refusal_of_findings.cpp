#include "job/refusal_of_findings.h"

#include <fmt/format.h>

#include <utility>

namespace pghaul::job {

Status refusal_of(const std::vector<plan::Finding>& findings) {
  Error refusal{.code = ErrorCode::refused};
  std::size_t refusals = 0;
  for (const plan::Finding& finding : findings) {
    if (finding.severity != plan::Finding::Severity::refusal) continue;
    if (++refusals > 1) continue;
    refusal.message = finding.message;
    refusal.hint = finding.hint;
    refusal.object = finding.object;
  }
  if (refusals == 0) return {};
  if (refusals > 1) refusal.message += fmt::format(" (and {} more reasons not to copy)", refusals - 1);
  return fail(std::move(refusal));
}

Status refusal_of_closed_tables(const discovery::Discovery& found) {
  if (found.closed_tables.empty()) return {};
  const plan::Finding& first = found.findings.front();
  return fail(ErrorCode::refused, "the source can't be read: " + first.message, first.hint);
}

}  // namespace pghaul::job

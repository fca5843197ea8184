#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/finding.h"

namespace pghaul::plan {

/// An object of the source that a copy will not hold: the role may not read it, or only the source can have
/// it.
struct NotCarried {
  std::string code;    // code of the finding that it becomes unless it is left out: "unreadable_table"
  std::string object;  // name in the report: "table public.orders"
  std::string reason;
  std::string hint;       // what makes it readable
  bool is_table = false;  // -T leaves it out, too
};

[[nodiscard]] std::vector<NotCarried> not_carried(const catalog::Catalog& source, bool with_large_objects);

/// Renders it as a reason not to copy. `resumes`: a copy that an earlier run has begun.
[[nodiscard]] Finding refusal_of(const NotCarried& one, bool resumes);
/// Tells whether the object could be read, were it not for the role's rights.
[[nodiscard]] bool is_unreadable(const Finding& finding);

/// Explains why the target's role can't make it there; empty: it can.
[[nodiscard]] std::string why_out_of_reach(const catalog::DatabaseSetting& setting,
                                           const catalog::Server& target);
[[nodiscard]] std::string why_out_of_reach(const catalog::DatabaseProperty& property,
                                           const catalog::Server& target);
[[nodiscard]] std::string why_out_of_reach(const catalog::ConstraintTrigger& trigger,
                                           const catalog::Server& target);

}  // namespace pghaul::plan

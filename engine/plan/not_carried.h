#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/finding.h"

namespace pghaul::plan {

/// Of the source, what a copy will not hold: the role may not read it, or only the source can have it.
struct NotCarried {
  std::string code;    // of the finding that it is unless it is left out: "unreadable_table"
  std::string object;  // as the report names it: "table public.orders"
  std::string reason;
  std::string hint;
};

[[nodiscard]] std::vector<NotCarried> not_carried(const catalog::Catalog& source, bool with_large_objects);

/// As a reason not to copy.
[[nodiscard]] Finding refusal_of(const NotCarried& one);
/// Whether it is there to be read, were it not for the role's rights.
[[nodiscard]] bool is_unreadable(const Finding& finding);

/// Why the target's role can't make it there; empty: it can.
[[nodiscard]] std::string why_out_of_reach(const catalog::DatabaseSetting& setting,
                                           const catalog::Server& target);
[[nodiscard]] std::string why_out_of_reach(const catalog::DatabaseProperty& property,
                                           const catalog::Server& target);
[[nodiscard]] std::string why_out_of_reach(const catalog::ConstraintTrigger& trigger,
                                           const catalog::Server& target);

}  // namespace pghaul::plan

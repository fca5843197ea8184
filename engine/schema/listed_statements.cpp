#include "schema/listed_statements.h"

#include <string_view>
#include <vector>

#include "postgres/rows.h"
#include "postgres/sqlstate.h"

namespace pghaul::schema {
namespace {

/// Joins statements into scripts of one transaction each.
std::vector<std::string> batches(const postgres::Rows& statements, std::size_t together) {
  std::vector<std::string> all;
  std::size_t in_last = together;
  for (int row = 0; row < statements.size(); ++row) {
    if (statements.is_null(row, 0)) continue;
    if (in_last == together) {
      all.emplace_back();
      in_last = 0;
    }
    all.back() += statements.string(row, 0) + ";";
    ++in_last;
  }
  return all;
}

}  // namespace

Status run_listed(postgres::Connection& target, const std::string& listing, bool may_stay) {
  const Result<postgres::Rows> statements = target.query(listing);
  if (!statements) return fail(statements.error());
  for (const std::string& batch : batches(*statements, may_stay ? 1 : kDroppedTogether)) {
    const Status done = target.execute(batch);
    if (!done && !(may_stay && done.error().sqlstate == postgres::kInsufficientPrivilege)) return done;
  }
  return {};
}

}  // namespace pghaul::schema

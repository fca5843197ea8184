#include "discovery/unrepeatable_findings.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "catalog/nullable_children.h"
#include "catalog/unrepeatable.h"
#include "discovery/short_looks.h"
#include "postgres/quote.h"

namespace pghaul::discovery {
namespace {

using Severity = plan::Finding::Severity;

plan::Finding of_inherited_column(const catalog::NullableChild& one) {
  const std::string table = shown(one.table);
  const std::string column = shown(catalog::Name{{}, one.column});
  return {Severity::refusal, "nullable_below_not_null", table,
          fmt::format("column {} of {} may hold NULLs, and is NOT NULL in its parent {}: the target's would "
                      "inherit that",
                      column, table, shown(one.parent)),
          fmt::format("on the source: ALTER TABLE {} ALTER {} SET NOT NULL, once no row has a NULL there; or "
                      "ALTER TABLE ONLY {} ALTER {} DROP NOT NULL",
                      table, column, shown(one.parent), column)};
}

plan::Finding of_expression(const catalog::MutableExpression& one) {
  return {Severity::refusal, "mutable_expression", one.object,
          fmt::format("{} calls function {}, which is not IMMUTABLE any more: it can't be made again",
                      one.object, one.function),
          fmt::format("on the source, if its result depends on nothing but its arguments: ALTER FUNCTION {} "
                      "IMMUTABLE; or leave the object out",
                      one.function)};
}

/// Looks for a value that does not fit into a page.
Result<std::optional<plan::Finding>> look_into(const catalog::PlainColumn& one, ShortLooks& looks) {
  const std::string table = shown(one.table);
  const std::string column = shown(catalog::Name{{}, one.column});
  const std::string condition =
      fmt::format("pg_catalog.octet_length({}::pg_catalog.text) > 8000", postgres::quote(one.column));
  const Result<std::optional<bool>> has_large_ones = looks.has_row(one.table, condition);
  if (!has_large_ones) return fail(has_large_ones.error());
  const bool unknown = !*has_large_ones;
  if (!unknown && !**has_large_ones) return std::nullopt;
  const std::string hint = fmt::format(
      "on the source: ALTER TABLE {} ALTER {} SET STORAGE EXTENDED; the rows: SELECT * FROM {} WHERE {}",
      table, column, table, condition);
  if (unknown) {
    return plan::Finding{
        Severity::warning, "plain_storage", table,
        fmt::format(
            "column {} of {} has STORAGE PLAIN; a value over 8 kB that was stored before that can't be "
            "stored again, and whether there is one could not be found out in a few seconds",
            column, table),
        hint};
  }
  return plan::Finding{
      Severity::refusal, "plain_storage", table,
      fmt::format(
          "column {} of {} has STORAGE PLAIN, and values over 8 kB that were stored before: the target "
          "would not take them",
          column, table),
      hint};
}

Status look_into_plain_columns(Discovery& found, const catalog::Chosen& chosen,
                               std::vector<UnrepeatableRelation>& findings, const std::stop_token& stop) {
  const Result<std::vector<catalog::PlainColumn>> columns =
      catalog::read_plain_columns(found.source_hold->connection(), chosen);
  if (!columns) return fail(columns.error());
  if (columns->empty()) return {};
  Result<ShortLooks> looks = ShortLooks::open(found, stop);
  if (!looks) return fail(looks.error());
  for (const catalog::PlainColumn& one : *columns) {
    Result<std::optional<plan::Finding>> of_column = look_into(one, *looks);
    if (!of_column) return fail(of_column.error());
    if (*of_column) findings.push_back({std::move(**of_column), one.oid});
  }
  return {};
}

}  // namespace

Result<std::vector<UnrepeatableRelation>> unrepeatable_findings(Discovery& found, const Options& options,
                                                                const std::stop_token& stop) {
  std::vector<UnrepeatableRelation> findings;
  if (!found.source_hold) return findings;
  const catalog::Chosen chosen = chosen_of(found, options);
  postgres::Connection& held = found.source_hold->connection();
  const Result<std::vector<catalog::NullableChild>> children = catalog::read_nullable_children(held, chosen);
  if (!children) return fail(children.error());
  for (const catalog::NullableChild& one : *children) findings.push_back({of_inherited_column(one), one.oid});
  const Result<std::vector<catalog::MutableExpression>> expressions =
      catalog::read_mutable_expressions(held, chosen);
  if (!expressions) return fail(expressions.error());
  for (const catalog::MutableExpression& one : *expressions) {
    findings.push_back({of_expression(one), one.relation});
  }
  if (options.schema_only) return findings;
  if (const Status done = look_into_plain_columns(found, chosen, findings, stop); !done) {
    return fail(done.error());
  }
  return findings;
}

}  // namespace pghaul::discovery

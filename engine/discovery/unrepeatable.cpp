#include "discovery/unrepeatable.h"

#include <fmt/format.h>

#include <string>

#include "catalog/unrepeatable.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/quote.h"

namespace pghaul::discovery {
namespace {

using Severity = plan::Finding::Severity;

constexpr const char* kShortLook = "SET statement_timeout = '3s'";  // a large table is not read to its end
constexpr const char* kTookTooLong = "57014";                       // query_canceled

plan::Finding of_expression(const catalog::MutableExpression& one) {
  return {Severity::refusal, "mutable_expression", one.object,
          fmt::format("{} calls function {}, which is not IMMUTABLE any more: it can't be made again",
                      one.object, one.function),
          fmt::format("on the source, if its result depends on nothing but its arguments: ALTER FUNCTION {} "
                      "IMMUTABLE; or leave the object out",
                      one.function)};
}

/// Looks for a value that does not fit into a page.
Result<std::vector<plan::Finding>> look_into(const catalog::PlainColumn& one, postgres::Connection& source) {
  const std::string table = shown(one.table);
  const std::string column = shown(catalog::Name{{}, one.column});
  const std::string condition =
      fmt::format("pg_catalog.octet_length({}::pg_catalog.text) > 8000", postgres::quote(one.column));
  const Result<postgres::Rows> too_large =
      source.query(fmt::format("SELECT EXISTS (SELECT FROM ONLY {} WHERE {})",
                               postgres::quote(one.table.schema, one.table.name), condition));
  const bool unknown = !too_large && too_large.error().sqlstate == kTookTooLong;
  if (!too_large && !unknown) return too_large.error().during("looking at values of " + table);
  if (!unknown && !too_large->boolean(0, 0)) return std::vector<plan::Finding>{};
  const std::string hint = fmt::format(
      "on the source: ALTER TABLE {} ALTER {} SET STORAGE EXTENDED; the rows: SELECT * FROM {} WHERE {}",
      table, column, table, condition);
  if (unknown) {
    return std::vector<plan::Finding>{
        {Severity::warning, "plain_storage", table,
         fmt::format(
             "column {} of {} has STORAGE PLAIN; a value over 8 kB that was stored before that can't be "
             "stored again, and the table is too large to look for one beforehand",
             column, table),
         hint}};
  }
  return std::vector<plan::Finding>{
      {Severity::refusal, "plain_storage", table,
       fmt::format(
           "column {} of {} has STORAGE PLAIN, and values over 8 kB that were stored before: the target "
           "would not take them",
           column, table),
       hint}};
}

}  // namespace

Result<std::vector<plan::Finding>> find_unrepeatable(Discovery& found, const Options& options,
                                                     const std::stop_token& stop) {
  std::vector<plan::Finding> findings;
  if (!found.source_hold) return findings;
  const catalog::Chosen chosen = chosen_of(found, options);
  postgres::Connection& held = found.source_hold->connection();
  const Result<std::vector<catalog::MutableExpression>> expressions =
      catalog::read_mutable_expressions(held, chosen);
  if (!expressions) return fail(expressions.error());
  for (const catalog::MutableExpression& one : *expressions) findings.push_back(of_expression(one));
  const Result<std::vector<catalog::PlainColumn>> columns = catalog::read_plain_columns(held, chosen);
  if (!columns) return fail(columns.error());
  if (columns->empty() || options.schema_only) return findings;
  // A statement that takes too long would end the transaction that keeps the snapshot.
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!source) return fail(source.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *source);
  if (const Status bounded = source->execute(kShortLook); !bounded) return fail(bounded.error());
  for (const catalog::PlainColumn& one : *columns) {
    Result<std::vector<plan::Finding>> of_column = look_into(one, *source);
    if (!of_column) return of_column;
    findings.insert(findings.end(), of_column->begin(), of_column->end());
  }
  return findings;
}

}  // namespace pghaul::discovery

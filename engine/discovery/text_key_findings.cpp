#include "discovery/text_key_findings.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "catalog/text_keys.h"
#include "discovery/short_looks.h"
#include "plan/catalog_findings.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {
namespace {

using Severity = plan::Finding::Severity;
using Findings = std::vector<plan::Finding>;

constexpr const char* kInvalidDefinition = "42P17";
constexpr int kKeyBytes = 2704;  // most of a btree's key
constexpr int kGrowth = 3;       // most times as many bytes for a character as in another encoding

/// Makes the partitions one after the other, as temporary tables; those that can't be made are findings.
/// Errors of other kinds say nothing of the order: the role may not make temporary tables, say.
Result<Findings> try_ranges(const catalog::TextRanges& ranges, postgres::Connection& target) {
  const postgres::Transaction rolled_back = postgres::Transaction::begin(target);
  Status done = target.execute("CREATE TEMPORARY TABLE pghaul_ranges (" + ranges.columns + ") PARTITION BY " +
                               ranges.key);
  Findings findings;
  for (std::size_t i = 0; done && i < ranges.partitions.size(); ++i) {
    const catalog::TextRanges::Partition& one = ranges.partitions[i];
    if (done = target.execute("SAVEPOINT one"); !done) break;
    done = target.execute(fmt::format(
        "CREATE TEMPORARY TABLE pghaul_range_{} PARTITION OF pg_temp.pghaul_ranges {}", i, one.bound));
    if (done || done.error().sqlstate != kInvalidDefinition) continue;
    findings.push_back(
        {Severity::refusal, "partition_bounds", shown(one.name),
         fmt::format("partition {} of {} can't be made in the target's order of texts: {}", shown(one.name),
                     shown(ranges.table), done.error().message),
         "create the target database with the source's encoding and locale, as --create does"});
    done = target.execute("ROLLBACK TO SAVEPOINT one");
  }
  if (!done && done.error().code != ErrorCode::server_error) return fail(done.error());
  return findings;
}

/// Looks for a value that could outgrow a key.
Result<Findings> look_into(const catalog::IndexedText& one, const catalog::Server& target,
                           ShortLooks& looks) {
  const std::string condition =
      fmt::format("pg_catalog.octet_length({}) > {}", postgres::quote(one.column), kKeyBytes / kGrowth);
  const Result<std::optional<bool>> has_long_ones = looks.has_row(one.table, condition);
  if (!has_long_ones) return fail(has_long_ones.error());
  const bool unknown = !*has_long_ones;
  if (!unknown && !**has_long_ones) return Findings{};
  return Findings{
      {Severity::warning, "keys_may_grow", shown(one.index),
       fmt::format(
           "index {} has column {} of {}, whose values {} over {} bytes long: in {} they may take more, and "
           "keys over {} bytes that can't be compressed are refused",
           shown(one.index), shown(catalog::Name{{}, one.column}), shown(one.table),
           unknown ? "may be" : "are, in part,", kKeyBytes / kGrowth, target.encoding, kKeyBytes),
       fmt::format(
           "on the source: SELECT * FROM {} WHERE {}; or create the target database with the source's "
           "encoding, as --create does",
           shown(one.table), condition)}};
}

Result<Findings> find_unfit_ranges(Discovery& found, const catalog::Chosen& chosen,
                                   const std::stop_token& stop) {
  const Result<std::vector<catalog::TextRanges>> all =
      catalog::read_text_ranges(found.source_hold->connection(), chosen);
  if (!all) return fail(all.error());
  if (all->empty()) return Findings{};
  Result<postgres::Connection> target = postgres::Connection::open(
      found.target_string, postgres::Side::target, found.source.server.encoding, stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *target);
  Findings findings;
  for (const catalog::TextRanges& ranges : *all) {
    Result<Findings> of_table = try_ranges(ranges, *target);
    if (!of_table)
      return of_table.error().during("trying partitions of " + shown(ranges.table) + " on the target");
    findings.insert(findings.end(), of_table->begin(), of_table->end());
  }
  return findings;
}

Result<Findings> find_growing_keys(Discovery& found, const catalog::Chosen& chosen,
                                   const std::stop_token& stop) {
  const Result<std::vector<catalog::IndexedText>> all =
      catalog::read_indexed_texts(found.source_hold->connection(), chosen);
  if (!all) return fail(all.error());
  if (all->empty()) return Findings{};
  Result<ShortLooks> looks = ShortLooks::open(found, stop);
  if (!looks) return fail(looks.error());
  Findings findings;
  for (const catalog::IndexedText& one : *all) {
    Result<Findings> of_index = look_into(one, *found.target, *looks);
    if (!of_index) return of_index;
    findings.insert(findings.end(), of_index->begin(), of_index->end());
  }
  return findings;
}

}  // namespace

Result<Findings> text_key_findings(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (!found.source_hold || !found.target) return Findings{};
  const std::string& here = found.source.server.encoding;
  const std::string& there = found.target->encoding;
  const bool same_encoding = here == there;
  if (same_encoding && !plan::locales_differ(found.source.server, *found.target)) return Findings{};
  const catalog::Chosen chosen = chosen_of(found, options);
  Result<Findings> findings = find_unfit_ranges(found, chosen, stop);
  const bool keeps_bytes = same_encoding || here == "SQL_ASCII" || there == "SQL_ASCII";
  if (!findings || keeps_bytes || options.schema_only) return findings;
  Result<Findings> growing = find_growing_keys(found, chosen, stop);
  if (!growing) return growing;
  findings->insert(findings->end(), growing->begin(), growing->end());
  return findings;
}

}  // namespace pghaul::discovery

#include "discovery/text_keys.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "catalog/text_keys.h"
#include "plan/preflight.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {
namespace {

using Severity = plan::Finding::Severity;
using Findings = std::vector<plan::Finding>;

constexpr const char* kInvalidDefinition = "42P17";
constexpr std::chrono::seconds kLongestLook{30};                    // at all of them
constexpr const char* kShortLook = "SET statement_timeout = '3s'";  // a large table is not read to its end
constexpr int kKeyBytes = 2704;                                     // most of a btree's key
constexpr int kGrowth = 3;  // most times as many bytes for a character as in another encoding

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

/// Looks for a value that could outgrow a key. `looks`: otherwise it is not known whether there is one.
Result<Findings> look_into(const catalog::IndexedText& one, const catalog::Server& target,
                           postgres::Connection& source, bool looks) {
  const std::string condition =
      fmt::format("pg_catalog.octet_length({}) > {}", postgres::quote(one.column), kKeyBytes / kGrowth);
  const auto look = [&]() -> Result<postgres::Rows> {
    if (!looks) return fail(ErrorCode::server_error, "not looked at");
    return source.query(fmt::format("SELECT EXISTS (SELECT FROM ONLY {} WHERE {})",
                                    postgres::quote(one.table.schema, one.table.name), condition));
  };
  const Result<postgres::Rows> long_ones = look();
  // It took too long, or its rows may not be read.
  const bool unknown = !long_ones && long_ones.error().code == ErrorCode::server_error;
  if (!long_ones && !unknown) return long_ones.error().during("looking at values of " + shown(one.table));
  if (!unknown && !long_ones->boolean(0, 0)) return Findings{};
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
  // A statement that takes too long would end the transaction that keeps the snapshot.
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!source) return fail(source.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *source);
  if (const Status bounded = source->execute(kShortLook); !bounded) return fail(bounded.error());
  Findings findings;
  const auto until = std::chrono::steady_clock::now() + kLongestLook;
  for (const catalog::IndexedText& one : *all) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    const bool looks = std::chrono::steady_clock::now() < until;
    Result<Findings> of_index = look_into(one, *found.target, *source, looks);
    if (!of_index) return of_index;
    findings.insert(findings.end(), of_index->begin(), of_index->end());
  }
  return findings;
}

}  // namespace

Result<Findings> find_text_obstacles(Discovery& found, const Options& options, const std::stop_token& stop) {
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

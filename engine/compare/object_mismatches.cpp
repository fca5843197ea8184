#include "compare/object_mismatches.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "catalog/read_catalog.h"
#include "catalog/read_objects.h"
#include "discovery/source_objects.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/transaction.h"
#include "verify/ask_wording.h"
#include "verify/object_differences.h"

namespace pghaul::compare {
namespace {

Result<discovery::Objects> target_objects(postgres::Connection& target, const discovery::Discovery& found,
                                          const discovery::Options& options) {
  postgres::Transaction reading =
      postgres::Transaction::begin(target, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return catalog::read_objects(target, discovery::scope_of(found, options, found.source.server.version));
}

/// Reads the values that the role may read, and names the others.
Status read_values(postgres::Connection& connection, std::vector<catalog::Sequence>& sequences,
                   LeftOuts& left_out) {
  std::erase_if(sequences, [&](const catalog::Sequence& sequence) {
    if (sequence.unreadable_reason.empty()) return false;
    left_out.push_back({"value of sequence " + shown(sequence.name),
                        fmt::format("was not compared: on the {} {}", side_name(connection.side()),
                                    sequence.unreadable_reason)});
    return true;
  });
  return catalog::read_sequences(connection, sequences);
}

std::string value_of(const catalog::Sequence& sequence) {
  return fmt::format("{}{}", sequence.last_value, sequence.is_called ? "" : ", not called yet");
}

Mismatches compare_values(const std::vector<catalog::Sequence>& source,
                          const std::vector<catalog::Sequence>& target) {
  Mismatches mismatches;
  std::map<catalog::Name, const catalog::Sequence*> on_target;
  for (const catalog::Sequence& sequence : target) on_target[sequence.name] = &sequence;
  for (const catalog::Sequence& sequence : source) {
    const auto there = on_target.find(sequence.name);
    if (there == on_target.end() || value_of(sequence) == value_of(*there->second)) continue;
    mismatches.push_back(
        {"sequence " + shown(sequence.name), fmt::format("its value on the source: {}; on the target: {}",
                                                         value_of(sequence), value_of(*there->second))});
  }
  return mismatches;
}

/// Explains why the target can't be given it; empty: it can.
std::string out_of_reach(const discovery::Discovery& found, const std::string& object) {
  const auto one = std::ranges::find(found.out_of_reach, object, &LeftOut::object);
  return one == found.out_of_reach.end() ? "" : one->reason;
}

/// Names extensions, schemas and others that the role could not have made, as differences do.
Result<std::set<std::string>> prepared_by_others(postgres::Connection& target) {
  const Result<postgres::Rows> rows = target.query(
      "SELECT 'extension', extname FROM pg_catalog.pg_extension"
      " WHERE NOT pg_catalog.pg_has_role(extowner, 'USAGE') UNION ALL SELECT 'schema', nspname"
      " FROM pg_catalog.pg_namespace WHERE nspname <> 'public'"
      " AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE') UNION ALL SELECT 'publication', pubname"
      " FROM pg_catalog.pg_publication WHERE NOT pg_catalog.pg_has_role(pubowner, 'USAGE')"
      " UNION ALL SELECT 'event trigger', evtname FROM pg_catalog.pg_event_trigger"
      " WHERE NOT pg_catalog.pg_has_role(evtowner, 'USAGE')");
  if (!rows) return rows.error().during("looking for what others made on the target");
  std::set<std::string> names;
  for (int row = 0; row < rows->size(); ++row) {
    names.insert(rows->string(row, 0) + " " + shown(catalog::Name{{}, rows->string(row, 1)}));
  }
  return names;
}

/// Opens a connection that reads definitions under locks, with a limit: a wait here would go unnoticed.
Result<postgres::Connection> open_for_reading(const postgres::ConnectionString& server, postgres::Side side,
                                              const std::stop_token& stop, const std::string& encoding = {}) {
  Result<postgres::Connection> opened = postgres::Connection::open(server, side, encoding, stop);
  if (!opened) return opened;
  const Status bounded = opened->execute("SET lock_timeout = '60s'");
  if (!bounded) return fail(bounded.error());
  return opened;
}

}  // namespace

Result<Mismatches> object_mismatches(discovery::Objects of_source, const discovery::Discovery& found,
                                     const discovery::Options& options, measure::Report& report,
                                     const std::stop_token& stop) {
  Result<postgres::Connection> target = open_for_reading(found.target_string, postgres::Side::target, stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *target);
  Result<discovery::Objects> of_target = target_objects(*target, found, options);
  if (!of_target) return fail(of_target.error());

  Result<std::set<std::string>> prepared = prepared_by_others(*target);
  if (!prepared) return fail(prepared.error());
  constexpr int kMajor = 10000;
  verify::ObjectComparison how{
      .same_major = found.source.server.version / kMajor == found.target->version / kMajor,
      .with_owner = options.filters.with_owner,
      .with_acl = options.filters.with_acl,
      .everything = options.filters.all() && found.locked_out.empty(),
      .ask_target = {},
      .prepared = std::move(*prepared),
      .left_out = {}};
  Status asked;
  how.ask_target = [&](const std::vector<verify::WordingQuestion>& questions) {
    Result<verify::WordingAnswers> answers =
        verify::ask_wording(*target, discovery::common_encoding(found), questions);
    if (!answers) {
      asked = fail(answers.error());
      return std::vector<verify::Wording>{};
    }
    if (!answers->why_not.empty() && !how.same_major) {
      report.left_out.push_back({"definitions that the servers word differently",
                                 "were not compared between two major versions: " + answers->why_not});
    }
    return std::move(answers->wordings);
  };
  for (const LeftOut& one : report.left_out) how.left_out.push_back(one.object);
  Mismatches mismatches;
  for (verify::ObjectDifference& one :
       verify::object_differences(std::move(of_source), std::move(*of_target), how)) {
    std::string excuse = one.not_carried.empty() ? out_of_reach(found, one.object) : one.not_carried;
    if (excuse.empty() && options.data_only) excuse = "the target has its own definition: " + one.message;
    if (excuse.empty()) {
      mismatches.push_back({std::move(one.object), std::move(one.message)});
    } else {
      report.left_out.push_back({std::move(one.object), std::move(excuse)});
    }
  }
  if (!asked) return fail(asked.error());
  return mismatches;
}

/// Compares values, which belong to no snapshot; each that is read in a transaction stays locked until its
/// end.
Result<Mismatches> sequence_mismatches(std::vector<catalog::Sequence> of_source,
                                       const discovery::Discovery& found, LeftOuts& left_out,
                                       const std::stop_token& stop) {
  if (found.source.sequences.empty()) return Mismatches{};
  if (of_source.empty()) {
    of_source = found.source.sequences;
    Result<postgres::Connection> source = open_for_reading(found.source_string, postgres::Side::source, stop);
    if (!source) return fail(source.error());
    const postgres::CancelOnStop cancel_on_stop(stop, *source);
    const Status read = read_values(*source, of_source, left_out);
    if (!read) return fail(read.error());
  }
  std::set<catalog::Name> wanted;
  for (const catalog::Sequence& sequence : of_source) wanted.insert(sequence.name);

  Result<postgres::Connection> target =
      open_for_reading(found.target_string, postgres::Side::target, stop, found.source.server.encoding);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *target);
  Result<std::vector<catalog::Sequence>> of_target =
      catalog::list_sequences(*target, [](catalog::Oid) { return true; });
  if (!of_target) return fail(of_target.error());
  std::erase_if(*of_target,
                [&](const catalog::Sequence& sequence) { return !wanted.contains(sequence.name); });
  const Status read = read_values(*target, *of_target, left_out);
  if (!read) return fail(read.error());
  return compare_values(of_source, *of_target);
}

}  // namespace pghaul::compare

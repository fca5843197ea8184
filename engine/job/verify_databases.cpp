#include "job/verify_databases.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compare/check_indexes.h"
#include "compare/digest_mismatches.h"
#include "compare/name_large_objects.h"
#include "compare/name_rows.h"
#include "compare/rows_file.h"
#include "job/both_databases.h"
#include "live/barrier_request.h"
#include "tasks/compare_computed.h"
#include "tasks/crew_options.h"

namespace pghaul::job {
namespace {

/// Checks the indexes of those of the target's tables and views that the source has, too.
Status check_wanted_indexes(const discovery::Discovery& found, const catalog::Catalog& target,
                            discovery::VerbContext& context) {
  if (!context.options.check_indexes) return {};
  std::set<catalog::Name> names;
  for (const catalog::Relation& relation : found.source.relations) names.insert(relation.name);
  return compare::check_indexes(
      found.target_string, context.stop, target,
      [&](const catalog::Relation& relation) { return names.contains(relation.name); },
      *context.report.verification);
}

/// Recognizes a difference between the definitions of a sequence.
bool is_definition_of_sequence(const measure::Report::Mismatch& one) {
  return one.object.starts_with("sequence ") && one.message.starts_with("its definition ");
}

bool names_rows(const discovery::Options& options) {
  return options.rows > 0 || !options.rows_file.empty();
}

/// Compares what is not the tables' own rows.
Status compare_the_rest(discovery::VerbContext& context, Compared& both, const RowsRead& read,
                        const crew::Worker::Endpoints& ends, bool has_closed_sequences,
                        compare::RowsFile& rows_file) {
  tasks::BothServers servers(ends, read.source, read.results->target.snapshot);
  const verify::Ledger::Tally objects_read = read.results->ledger.large_objects();
  if (names_rows(context.options) && objects_read.sent != objects_read.came_back) {
    if (Status named = compare::name_large_objects(context, *read.work, servers, rows_file); !named)
      return named;
  }
  Status computed = tasks::compare_computed(*read.work, *read.results, servers, *context.report.verification);
  if (!computed) return computed;
  both.found.source_hold.reset();
  if (Status checked = check_wanted_indexes(both.found, both.target, context); !checked) return checked;
  if (!both.objects) return {};
  Result<compare::Mismatches> different = compare::object_mismatches(
      std::move(*both.objects), both.found, context.options, context.report, context.stop);
  // The application goes on to take numbers, and a live copy sets them at its end.
  if (different && !context.options.live) {
    Result<compare::Mismatches> sequences =
        compare::sequence_mismatches({}, both.found, context.report.left_out, context.stop);
    if (!sequences) return fail(sequences.error());
    compare::add(std::move(*sequences), *context.report.verification);
  }
  if (!different) return fail(different.error());
  if (has_closed_sequences) std::erase_if(*different, is_definition_of_sequence);
  compare::add(std::move(*different), *context.report.verification);
  return {};
}

Status compare(discovery::VerbContext context, const LiveServers& servers, LockTimeout& locks,
               measure::Progress& progress) {
  Result<compare::RowsFile> rows_file = compare::RowsFile::create(context.options.rows_file);
  if (!rows_file) return fail(rows_file.error());
  Compared both;
  const std::string target_snapshot = servers.snapshots ? servers.snapshots->target : std::string();
  if (Status discovered = discover_both(context, target_snapshot, both, locks, progress, servers.with_views);
      !discovered)
    return discovered;
  watch_locks(both, locks, progress);
  const crew::Worker::Endpoints ends = both.ends(context.stop);
  std::vector<compare::DifferentTable> different;
  const Result<RowsRead> read = [&]() -> Result<RowsRead> {
    if (!names_rows(context.options)) return read_rows(context, both, ends, progress);
    Result<RowsSearched> searched = search_rows(context, both, ends, progress);
    if (!searched) return fail(searched.error());
    different = std::move(searched->different);
    return std::move(searched->read);
  }();
  if (!read) return fail(read.error());
  context.report.verification = compare::digest_mismatches(*read->work, *read->results);
  if (names_rows(context.options)) {
    const Status named = discovery::announce_phase(context, "rows", [&] {
      return compare::name_rows(context, different, both.states(),
                                tasks::crew_options(context, both.found.plan.jobs, ends), *rows_file);
    });
    if (!named) return named;
  }
  const Status compared = discovery::time_phase(context, "verify", [&] {
    return compare_the_rest(context, both, *read, ends, servers.has_closed_sequences, *rows_file);
  });
  if (!compared) return compared;
  compare::Mismatches& all = context.report.verification->mismatches;
  all.insert(all.begin(), both.one_sided.begin(), both.one_sided.end());
  return compare::as_status(all);
}

}  // namespace

Status compare_live(discovery::VerbContext context, const LiveServers& servers) {
  measure::Progress progress;
  LockTimeout locks(context);
  discovery::Options options = context.options;
  options.live = true;
  if (servers.snapshots) options.snapshot = servers.snapshots->source;
  const discovery::VerbContext locked = locks.context();
  return locks.end(compare({options, locked.ends, locked.stop, locked.timeline, locked.events, locked.report},
                           servers, locks, progress));
}

Status refuse_different_definitions(const discovery::VerbContext& context, bool has_closed_sequences,
                                    const char* hint) {
  if (context.options.verify == verify::Mode::none) return {};
  discovery::Options options = context.options;
  options.schema_only = true;
  measure::Report found;
  measure::Events unheard(context.timeline, nullptr);
  Status same =
      compare_live({options, context.ends, context.stop, context.timeline, unheard, found},
                   {.snapshots = {}, .has_closed_sequences = has_closed_sequences, .with_views = false});
  if (same || same.error().code != ErrorCode::mismatch || !found.verification) return same;
  std::string different;
  for (const measure::Report::Mismatch& one : found.verification->mismatches)
    different += (different.empty() ? "" : "; ") + one.object + ": " + one.message;
  return fail(ErrorCode::refused, "the definitions of source and target differ: " + different, hint);
}

Status compare_databases(discovery::VerbContext context) {
  if (context.options.live) {
    Result<live::BarrierRequest> barrier = live::BarrierRequest::ask(context);
    if (!barrier) return fail(barrier.error());
    return compare_live(context, {.snapshots = barrier->snapshots(),
                                  .has_closed_sequences = barrier->was_switched(),
                                  .with_views = true});
  }
  measure::Progress progress;
  LockTimeout locks(context);
  return locks.end(compare(locks.context(), {}, locks, progress));
}

}  // namespace pghaul::job

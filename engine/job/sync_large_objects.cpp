#include "job/sync.h"

#include <utility>

#include "compare/digest_mismatches.h"
#include "job/large_object_mender.h"
#include "tasks/both_servers.h"

namespace pghaul::job {

Status Sync::mend_large_objects(const RowsRead& read) {
  const verify::Ledger::Tally digests = read.results->ledger.large_objects();
  different_large_objects_ = different_large_objects_ || digests.sent != digests.came_back;
  if (!different_large_objects_ || !context_.options.wants_large_objects()) return {};
  touched_ = touched_ || !plans();
  // Where all tables were written at once, the target's state was released; nobody else writes there.
  tasks::BothServers servers(*ends_, read.source,
                             both_.target_hold ? read.results->target.snapshot : std::nullopt);
  const double start = context_.timeline.now();
  Result<MendedLargeObjects> mended =
      job::mend_large_objects(context_, both_.found, *ends_, servers, !plans());
  if (!mended) return fail(mended.error());
  add_written({.object = "large objects",
               .inserted = mended->made,
               .updated = mended->changed,
               .deleted = mended->removed,
               .bytes = mended->bytes},
              start);
  return {};
}

/// Compares owners, comments and grants of large objects once more.
Status Sync::compare_large_objects() {
  Result<discovery::Objects> of_source =
      discovery::source_objects(both_.found.source_hold->connection(), both_.found, context_.options);
  if (!of_source) return fail(of_source.error());
  Result<compare::Mismatches> objects = compare::object_mismatches(
      std::move(*of_source), both_.found, context_.options, context_.report, context_.stop);
  if (!objects) return fail(objects.error());
  std::erase_if(*objects, [](const auto& one) { return !of_large_objects(one); });
  compare::add(std::move(*objects), *context_.report.verification);
  return {};
}

bool Sync::of_large_objects(const measure::Report::Mismatch& mismatch) {
  return mismatch.object.starts_with("large object");
}

}  // namespace pghaul::job

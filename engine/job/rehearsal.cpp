#include "job/rehearsal.h"

#include "job/copy.h"
#include "job/scratch_database.h"

namespace pghaul::job {

Status rehearse(Telling telling) {
  Result<ScratchDatabase> scratch = ScratchDatabase::create(telling.options.target, telling.stop);
  if (!scratch) return fail(scratch.error());
  discovery::Options options = telling.options;
  options.target = scratch->connection_string().text();
  Result<discovery::End> target = discovery::direct_end(options.target, postgres::Side::target, options);
  if (!target) return fail(target.error());
  const discovery::Ends ends{telling.ends.source, std::move(*target)};
  telling.report.rehearsal = true;
  bool touched = false;
  Status done =
      copy_database({options, ends, telling.stop, telling.timeline, telling.events, telling.report}, touched);
  if (telling.report.target) {  // what it tells of
    telling.report.target->database = scratch->stands_for();
    telling.report.target->description = scratch->description();
  }
  const Status dropped = scratch->drop();
  if (dropped) return done;
  telling.events.warning(
      "the scratch database " + scratch->name() + " is still there: " + dropped.error().message,
      "the next rehearsal drops it", {});
  return done;
}

}  // namespace pghaul::job

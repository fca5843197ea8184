#include "job/rehearsal.h"

#include "job/copy.h"
#include "job/scratch_database.h"

namespace pghaul::job {

Status rehearse(discovery::VerbContext context) {
  Result<ScratchDatabase> scratch = ScratchDatabase::create(context.options.target, context.stop);
  if (!scratch) return fail(scratch.error());
  discovery::Options options = context.options;
  options.target = scratch->connection_string().text();
  Result<discovery::Endpoint> target =
      discovery::direct_endpoint(options.target, postgres::Side::target, options);
  if (!target) return fail(target.error());
  const discovery::Endpoints ends{context.ends.source, std::move(*target)};
  context.report.rehearsal = true;
  bool touched = false;
  Status done =
      copy_database({options, ends, context.stop, context.timeline, context.events, context.report}, touched);
  if (context.report.target) {  // what it tells of
    context.report.target->database = scratch->stands_for();
    context.report.target->description = scratch->description();
  }
  const Status dropped = scratch->drop();
  if (dropped) return done;
  context.events.warning(
      "the scratch database " + scratch->name() + " is still there: " + dropped.error().message,
      "the next rehearsal drops it", {});
  return done;
}

}  // namespace pghaul::job

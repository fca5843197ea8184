#include "job/watched_discovery.h"

#include <chrono>
#include <utility>

namespace pghaul::job {
namespace {

/// Ends before the locks' own limit of 60 seconds does, which names no holder.
constexpr std::chrono::seconds kLongestWait{50};

}  // namespace

Result<discovery::Discovery> discover_watched(const discovery::VerbContext& context, const std::string& mark,
                                              LockTimeout& locks, measure::Progress& progress,
                                              const journal::Journal::Header* earlier) {
  if (!context.ends.source || context.ends.source->link) {
    return discovery::discover(context.options, context.ends, context.stop, earlier);
  }
  const postgres::ConnectionString unmarked = context.ends.source->server;
  discovery::Endpoints ends = context.ends;
  ends.source->server = unmarked.marked("pghaul", mark);
  locks.watch({.server = ends.source->server,
               .side = postgres::Side::source,
               .mark = mark,
               .one_more = {},
               .run = "run",
               .resumes = false},
              progress, kLongestWait);
  Result<discovery::Discovery> found = discovery::discover(context.options, ends, context.stop, earlier);
  locks.end_last_watch();
  if (found) found->source_string = unmarked;
  return found;
}

}  // namespace pghaul::job

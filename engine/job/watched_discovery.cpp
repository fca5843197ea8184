#include "job/watched_discovery.h"

#include <fmt/format.h>
#include <unistd.h>

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
  if (!context.ends.source) {
    return discovery::discover(context.options, context.ends, context.stop, earlier);
  }
  const Result<postgres::ConnectionString> unmarked = context.ends.source->connection_string();
  if (!unmarked) return fail(unmarked.error());
  discovery::Endpoints ends = context.ends;
  ends.source->mark = mark;
  locks.watch({.server = unmarked->marked("pghaul", mark),
               .side = postgres::Side::source,
               .mark = mark,
               .one_more = {},
               .run = "run",
               .resumes = false},
              progress, kLongestWait);
  Result<discovery::Discovery> found = discovery::discover(context.options, ends, context.stop, earlier);
  locks.end_last_watch();
  if (found) found->source_string = *unmarked;
  return found;
}

Result<discovery::Discovery> discover_watched(const discovery::VerbContext& context, const char* verb) {
  measure::Progress progress;
  LockTimeout locks(context);  // its watches use the former
  Result<discovery::Discovery> found =
      discover_watched(locks.context(), fmt::format(" {} {}", verb, getpid()), locks, progress);
  if (const Status done = locks.end(found ? Status{} : fail(found.error())); !done) return fail(done.error());
  return found;
}

}  // namespace pghaul::job

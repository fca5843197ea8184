#include "job/job.h"

#include "base/guard.h"
#include "discovery/archive_folder.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "job/abandon.h"
#include "job/archive_copy.h"
#include "job/check_archive.h"
#include "job/check_options.h"
#include "job/check_parts.h"
#include "job/copy.h"
#include "job/created_database.h"
#include "job/discard.h"
#include "job/estimate.h"
#include "job/estimate_archive.h"
#include "job/exit_status.h"
#include "job/finish.h"
#include "job/live_copy.h"
#include "job/plan_copy.h"
#include "job/read_status.h"
#include "job/rehearsal.h"
#include "job/switchover.h"
#include "job/sync.h"
#include "job/verify_databases.h"
#include "job/whole_server.h"
#include "measure/clock.h"

namespace pghaul::job {
namespace {

std::string status_of(const Status& done, bool touched, const std::string& verb, bool discards, bool prepares,
                      bool rehearses, verify::Mode mode, bool dry_run) {
  if (done) {
    if (verb == "sync" && dry_run) return "planned";
    if (verb == "plan") return "planned";
    if (verb == "estimate") return "estimated";
    if (verb == "abandon") return "abandoned";
    if (verb == "status") return "shown";
    if (verb == "finish") return "finished";
    if (verb == "switchover") return rehearses ? "rehearsed" : "switched";
    if (verb == "copy" && discards) return "read";
    if (verb == "copy" && prepares) return "prepared";
    if (mode == verify::Mode::counts) return "counted";
    return mode == verify::Mode::none ? "copied" : "verified";
  }
  switch (done.error().code) {
    case ErrorCode::mismatch:
      return "mismatch";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::refused:
      return touched ? "incomplete" : "refused";
    default:
      return touched ? "incomplete" : "failed";
  }
}

/// The state of a switchover that was given up before its decision.
constexpr const char* kGivenUp = "given_up";

Status copy_into_target(discovery::VerbContext context, bool& touched) {
  const discovery::Options& options = context.options;
  if (options.follow) {
    if (Status possible = check_follow(options); !possible) return possible;
    LiveCopy copy(context);
    Status done = copy.run();
    touched = copy.touched();
    return done;
  }
  if (options.prepare_standby || !options.filled_at.empty()) {
    return fail(ErrorCode::usage, "a target that was a standby is one of a live copy", "give --follow, too");
  }
  if (options.slot_limit > 0) {
    return fail(ErrorCode::usage, "--slot-limit limits what a live copy keeps on the source",
                "give --follow, or leave --slot-limit out");
  }
  if (const std::optional<std::string> folder = discovery::archive_folder(options.target)) {
    context.report.is_downtime = false;  // the application may go on
    if (Status given = check_archive_target(options); !given) return given;
    ArchiveCopy copy(context, *folder);
    Status done = guarded("copying", [&] { return copy.run(); });
    touched = copy.touched();
    return done;
  }
  if (options.rehearse) {
    if (Status given = check_rehearsal(options); !given) return given;
    return rehearse(context);
  }
  return copy_database(context, touched);
}

/// Copies into a database that is made first, where there is none. If the copy is refused, so is that.
Status copy_into_new(discovery::VerbContext context, bool& touched) {
  if (Status given = check_create(context.options); !given) return given;
  const Result<CreatedDatabase> made = CreatedDatabase::make_missing(context);
  if (!made) return fail(made.error());
  Status done = copy_into_target(context, touched);
  if (!done && !touched) made->drop(context);
  return done;
}

}  // namespace

Job::Job() : exit_status_(job::exit_status(ErrorCode::internal, false)) {}

Status Job::copy() {
  return run("copy", "copying", [&](discovery::VerbContext context, bool& touched) -> Status {
    if (Status can = check_record(options); !can) return can;
    if (options.all_databases) return run_for_all_databases(context, discovery::Verb::copy, touched);
    if (options.discard) {
      context.report.is_downtime = false;
      if (Status given = check_discard(options); !given) return given;
      return discard(context);
    }
    if (Status given = check_end(options.target, "target"); !given) return given;
    return options.create ? copy_into_new(context, touched) : copy_into_target(context, touched);
  });
}

Status Job::verify() {
  return run("verify", "comparing", [&](discovery::VerbContext context, bool& touched) -> Status {
    if (options.all_databases) return run_for_all_databases(context, discovery::Verb::verify, touched);
    if (Status can = check_rows(options); !can) return can;
    if (options.target.empty() && discovery::archive_folder(options.source)) return check_archive(context);
    if (Status given = check_end(options.target, "target"); !given) return given;
    if (discovery::archive_folder(options.target)) {
      return fail(ErrorCode::usage, "the second database of verify can't be an archive",
                  "give the archive first: pghaul verify ARCHIVE DATABASE");
    }
    if (options.verify == verify::Mode::none) {
      return fail(ErrorCode::usage, "verify none compares nothing", "give counts or checksums");
    }
    return compare_databases(context);
  });
}

Status Job::sync() {
  return run(
      "sync", "bringing a copy up to date", [&](discovery::VerbContext context, bool& touched) -> Status {
        if (Status given = check_end(options.target, "target"); !given) return given;
        if (discovery::archive_folder(options.source) || discovery::archive_folder(options.target)) {
          return fail(ErrorCode::usage, "an archive is not brought up to date", "write it anew: pghaul copy");
        }
        if (Status possible = check_sync(options); !possible) return possible;
        return sync_databases(context, touched);
      });
}

Status Job::plan() {
  return run("plan", "planning", [&](discovery::VerbContext context, bool& touched) -> Status {
    if (options.all_databases) return run_for_all_databases(context, discovery::Verb::plan, touched);
    return plan_copy(context);
  });
}

Status Job::estimate() {
  return run("estimate", "estimating", [&](discovery::VerbContext context, bool&) -> Status {
    if (Status given = check_sync_forecast(context.options); !given) return given;
    if (const std::optional<std::string> folder = discovery::archive_folder(options.target)) {
      if (Status given = check_archive_target(options); !given) return given;
      return estimate_archive(context, *folder);
    }
    return job::estimate(context);
  });
}

Status Job::abandon() {
  return run("abandon", "abandoning a copy", [&](discovery::VerbContext context, bool&) -> Status {
    if (Status given = check_end(options.target, "target"); !given) return given;
    if (!context.ends.target) {
      return fail(ErrorCode::usage, "an archive holds no copy's journal",
                  "to give an archive up, remove its folder");
    }
    return abandon_copy(context);
  });
}

Status Job::status() {
  return run("status", "looking at a live copy", [&](discovery::VerbContext context, bool&) -> Status {
    if (Status given = check_end(options.target, "target"); !given) return given;
    if (!context.ends.target) {
      return fail(ErrorCode::usage, "an archive is not kept up to date", "give the target of a live copy");
    }
    return live_status(context);
  });
}

Status Job::switchover() {
  return run("switchover", "switching over", [&](discovery::VerbContext context, bool& touched) -> Status {
    if (Status given = check_end(options.target, "target"); !given) return given;
    if (!context.ends.source || !context.ends.target) {
      return fail(ErrorCode::usage, "a switchover needs two servers, and an archive is none", "");
    }
    const discovery::Endpoints ends =
        options.back ? discovery::Endpoints{context.ends.target, context.ends.source} : context.ends;
    Switchover switchover(
        {context.options, ends, context.stop, context.timeline, context.events, context.report});
    Status done = switchover.run();
    touched = switchover.touched();
    return done;
  });
}

Status Job::finish() {
  return run("finish", "finishing a live copy", [&](discovery::VerbContext context, bool& touched) -> Status {
    if (Status given = check_end(options.target, "target"); !given) return given;
    if (!context.ends.source || !context.ends.target) {
      return fail(ErrorCode::usage, "a live copy has two servers, and an archive is none", "");
    }
    return finish_live_copy(context, touched);
  });
}

void Job::stop() noexcept {
  stop_.request_stop();
}

Result<discovery::Endpoints> Job::make_ends(measure::Events& events) const {
  using postgres::Side;
  Result<std::optional<discovery::Endpoint>> source =
      discovery::make_endpoint(options, Side::source, events, stop_.get_token());
  if (!source) return fail(source.error());
  Result<std::optional<discovery::Endpoint>> target =
      discovery::make_endpoint(options, Side::target, events, stop_.get_token());
  if (!target) return fail(target.error());
  return discovery::Endpoints{std::move(*source), std::move(*target)};
}

Status Job::run(const char* verb, const char* doing, const Body& body) {
  exit_status_ = job::exit_status(ErrorCode::internal, true);
  report_json_ = "{}";
  measure::Timeline timeline;
  measure::Events events(timeline, listener);
  measure::Report report;
  report.verb = verb;
  report.started = measure::utc_now();
  report.is_downtime = report.verb == "copy";

  bool touched = false;
  Status done = guarded(doing, [&]() -> Status {
    events.started(verb);
    const bool of_target = report.verb == "abandon" || report.verb == "status";
    Status given = of_target ? Status{} : check_end(options.source, "source");
    if (given) given = check_parts(options);
    if (!given) return given;
    const Result<discovery::Endpoints> ends = make_ends(events);
    if (!ends) return fail(ends.error());
    return body({options, *ends, stop_.get_token(), timeline, events, report}, touched);
  });
  if (!done && stop_.stop_requested()) {  // a failure of what was cancelled, or no longer mattered
    done = fail(
        ErrorCode::interrupted, "stopped on request",
        touched && report.verb == "sync"
            ? "the same command again continues: what is equal by now is not written again"
        : touched && report.verb == "copy"
            ? "the same command with --resume continues where it stopped; pghaul abandon gives the copy up"
        : touched && report.verb == "switchover"
            ? "the source may be closed to writers: the same command finds out, and completes the switchover "
              "or leaves the source open"
            : "");
  }

  report.seconds = timeline.now();
  const Status filled = guarded("filling the report", [&]() -> Status {
    report.spans = timeline.spans();
    report.samples = timeline.samples();
    report.settings = options.shown();
    return {};
  });
  if (done && !filled) done = filled;
  return conclude(report, events, std::move(done), touched);
}

/// Completes the report, the event stream and the exit status. If the work succeeded but can't be reported,
/// that is a failure; where there is no memory for a whole report, a short one says so.
Status Job::conclude(measure::Report& report, measure::Events& events, Status done, bool touched) {
  const std::string verb = report.verb;
  Status reported = guarded("writing the report", [&]() -> Status {
    report.status = status_of(done, touched, verb, options.discard, options.prepare_standby, options.rehearse,
                              options.verify, options.dry_run);
    if (report.switchover && report.switchover->state == kGivenUp) report.status = kGivenUp;
    if (!done) report.error = done.error();
    report_json_ = report.to_json();
    return {};
  });
  if (!reported) {
    if (done) done = reported;
    report = {.verb = verb,
              .status = status_of(done, touched, verb, options.discard, options.prepare_standby,
                                  options.rehearse, options.verify, options.dry_run),
              .started = report.started,
              .error = done.error(),
              .seconds = report.seconds};
    reported = guarded("writing a short report", [&]() -> Status {
      report_json_ = report.to_json();
      return {};
    });
  }
  if (!done) {
    reported = guarded("emitting the event 'error'", [&]() -> Status {
      events.error(done.error());
      return {};
    });
  }
  const Status finished = guarded("emitting the event 'finished'", [&]() -> Status {
    events.finished(report.status, !report.left_out.empty() || report.partial);
    return {};
  });
  if (done && !finished) done = finished;
  findings_ = std::move(report.findings);
  partial_ = !report.left_out.empty() || report.partial;
  const bool tight = report.estimate && !report.estimate->fits();
  const int success = tight ? exit_status_of_tight_window() : 0;
  exit_status_ = done ? success : job::exit_status(done.error().code, touched);
  if (report.status == kGivenUp) exit_status_ = exit_status_of_given_up();
  return done;
}

}  // namespace pghaul::job

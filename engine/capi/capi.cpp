#include <new>
#include <string>
#include <utility>

#include "base/error_codes.h"
#include "base/guard.h"
#include "discovery/option_table.h"
#include "job/job.h"
#include "link/far_half.h"
#include "measure/version.h"
#include "pghaul/pghaul.h"

struct pghaul_job {
  pghaul::job::Job job;
};

struct pghaul_error {
  pghaul::Error error;
};

namespace {

pghaul_code give(pghaul_error** error, pghaul::Error failure) noexcept {
  const auto code = static_cast<pghaul_code>(failure.code);
  if (error != nullptr) *error = new (std::nothrow) pghaul_error{std::move(failure)};
  return code;
}

/// Keeps exceptions from crossing the C boundary.
template <typename Work>
pghaul_code guarded(pghaul_error** error, Work&& work) noexcept {
  pghaul::Status done = pghaul::guarded("serving the call", std::forward<Work>(work));
  return done ? PGHAUL_OK : give(error, std::move(done.error()));
}

}  // namespace

extern "C" {

const char* pghaul_version(void) {
  return pghaul::measure::kVersion;
}

pghaul_job* pghaul_job_new(void) try { return new pghaul_job; } catch (const std::bad_alloc&) {
  return nullptr;
}

void pghaul_job_free(pghaul_job* job) {
  delete job;
}

pghaul_code pghaul_job_set(pghaul_job* job, const char* option, const char* value, pghaul_error** error) {
  return guarded(error, [&]() -> pghaul::Status {
    if (option == nullptr || value == nullptr) {
      return pghaul::fail(pghaul::ErrorCode::usage, "an option without a name or a value", "give both");
    }
    return job->job.options.set(option, value);
  });
}

const char* pghaul_options(void) try { return pghaul::discovery::option_table_json().c_str(); } catch (...) {
  return "[]";
}

void pghaul_job_on_event(pghaul_job* job, pghaul_event_callback callback, void* context) {
  if (callback == nullptr) {
    job->job.listener = nullptr;
  } else {
    job->job.listener = [callback, context](const std::string& json) { callback(json.c_str(), context); };
  }
}

pghaul_code pghaul_job_copy(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.copy(); });
}

pghaul_code pghaul_job_verify(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.verify(); });
}

pghaul_code pghaul_job_sync(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.sync(); });
}

pghaul_code pghaul_job_plan(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.plan(); });
}

pghaul_code pghaul_job_estimate(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.estimate(); });
}

pghaul_code pghaul_job_abandon(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.abandon(); });
}

pghaul_code pghaul_job_status(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.status(); });
}

pghaul_code pghaul_job_switchover(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.switchover(); });
}

pghaul_code pghaul_job_finish(pghaul_job* job, pghaul_error** error) {
  return guarded(error, [&] { return job->job.finish(); });
}

pghaul_code pghaul_serve_link(int input, int output, pghaul_error** error) {
  return guarded(error, [&] {
    pghaul::link::BreakablePipes pipes(input, output);
    return pghaul::link::serve(pipes);
  });
}

void pghaul_job_stop(pghaul_job* job) {
  job->job.stop();
}

const char* pghaul_job_report(const pghaul_job* job) {
  return job->job.report().c_str();
}

int pghaul_job_exit_status(const pghaul_job* job) {
  return job->job.exit_status();
}

pghaul_code pghaul_error_code(const pghaul_error* error) {
  return error == nullptr ? PGHAUL_OK : static_cast<pghaul_code>(error->error.code);
}

const char* pghaul_error_message(const pghaul_error* error) {
  return error == nullptr ? "" : error->error.message.c_str();
}

const char* pghaul_error_hint(const pghaul_error* error) {
  return error == nullptr ? "" : error->error.hint.c_str();
}

const char* pghaul_error_sqlstate(const pghaul_error* error) {
  return error == nullptr ? "" : error->error.sqlstate.c_str();
}

const char* pghaul_error_object(const pghaul_error* error) {
  return error == nullptr ? "" : error->error.object.c_str();
}

const char* pghaul_code_name(pghaul_code code) {
  const bool known = static_cast<std::size_t>(code) < pghaul::error_codes().size();
  return known ? pghaul::meaning_of(static_cast<pghaul::ErrorCode>(code)).name : "unknown";
}

void pghaul_error_free(pghaul_error* error) {
  delete error;
}

}  // extern "C"

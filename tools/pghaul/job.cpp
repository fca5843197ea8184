#include "job.h"

#include <pghaul/pghaul.h>

#include <new>

namespace pghaul::command {

namespace {

tl::expected<void, Failure> outcome(pghaul_code code, pghaul_error* error) {
  const std::unique_ptr<pghaul_error, decltype(&pghaul_error_free)> owner(error, pghaul_error_free);
  if (code == PGHAUL_OK) return {};
  if (!error) return tl::make_unexpected(Failure{"it failed without an error message", {}, {}});
  return tl::make_unexpected(
      Failure{pghaul_error_message(error), pghaul_error_hint(error), pghaul_error_sqlstate(error)});
}

}  // namespace

Job::Job(OnEvent on_event) : on_event_(std::move(on_event)), job_(pghaul_job_new()) {
  if (!job_) throw std::bad_alloc();
  const auto forward = [](const char* json, void* context) noexcept {
    static_cast<Job*>(context)->on_event_(json);
  };
  pghaul_job_on_event(job_.get(), forward, this);
}

tl::expected<void, Failure> Job::set(const Setting& setting) {
  pghaul_error* error = nullptr;
  const pghaul_code code = pghaul_job_set(job_.get(), setting.name.c_str(), setting.value.c_str(), &error);
  return outcome(code, error);
}

tl::expected<void, Failure> Job::run(Verb verb) {
  pghaul_error* error = nullptr;
  pghaul_code code = PGHAUL_INTERNAL;
  switch (verb) {
    case Verb::copy:
      code = pghaul_job_copy(job_.get(), &error);
      break;
    case Verb::verify:
      code = pghaul_job_verify(job_.get(), &error);
      break;
    case Verb::sync:
      code = pghaul_job_sync(job_.get(), &error);
      break;
    case Verb::plan:
      code = pghaul_job_plan(job_.get(), &error);
      break;
    case Verb::history:  // needs no engine
      break;
    case Verb::estimate:
      code = pghaul_job_estimate(job_.get(), &error);
      break;
    case Verb::status:
      code = pghaul_job_status(job_.get(), &error);
      break;
    case Verb::switchover:
      code = pghaul_job_switchover(job_.get(), &error);
      break;
    case Verb::finish:
      code = pghaul_job_finish(job_.get(), &error);
      break;
    case Verb::abandon:
      code = pghaul_job_abandon(job_.get(), &error);
      break;
  }
  return outcome(code, error);
}

void Job::stop() noexcept {
  pghaul_job_stop(job_.get());
}

std::string Job::report() const {
  const char* report = pghaul_job_report(job_.get());
  return report == nullptr ? "" : report;
}

int Job::exit_status() const {
  return pghaul_job_exit_status(job_.get());
}

void Job::Free::operator()(pghaul_job* job) const noexcept {
  pghaul_job_free(job);
}

std::string engine_version() {
  return pghaul_version();
}

}  // namespace pghaul::command

#include "run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "complaint.h"
#include "display.h"
#include "escape.h"
#include "estimate_text.h"
#include "event_file.h"
#include "history.h"
#include "job.h"
#include "output.h"
#include "plan_table.h"
#include "prompt.h"
#include "quantities.h"
#include "report_file.h"
#include "report_page.h"
#include "report_text.h"
#include "signals.h"
#include "summary.h"

namespace pghaul::command {

namespace {

using nlohmann::json;
using Outcome = tl::expected<void, Failure>;

constexpr int kWrongCommandLine = 2;
constexpr int kRefused = 3;
constexpr int kStoppedHalfWay = 5;

void complain(const std::string& text) {
  write_fully(STDERR_FILENO, text + "\n");
}

void complain(const Failure& failure, const Look& look) {
  complain(error_text(failure.message, failure.hint, look));
}

/// One verb, from its options to its exit status.
class Run {
 public:
  Run(const Options& options, EventFile events, Signals& signals)
      : options_(options),
        look_(look_of(STDERR_FILENO)),
        events_(std::move(events)),
        signals_(signals),
        display_(options.progress, options.verbose, look_),
        job_([this](std::string_view event) { hear(event); }) {}

  [[nodiscard]] int conduct();

 private:
  [[nodiscard]] Outcome set_options();
  [[nodiscard]] Outcome tell_of_past_copies();
  [[nodiscard]] Outcome work();
  [[nodiscard]] bool may_ask() const;
  [[nodiscard]] Outcome ask_and_work();
  void hear(std::string_view event) noexcept;
  void show_event(std::string_view event);
  void tell_retry(const json& event);
  void tell_opening(const json& event);
  void warn(const std::string& message, const std::string& hint);

  void tell(const Outcome& outcome);
  void remember();
  void write_report();
  void write_results(const Outcome& outcome);
  [[nodiscard]] std::string results(const Look& look, std::size_t columns) const;
  void tell_late_warnings();
  void tell_failure(const Failure& failure) const;
  void tell_missing() const;
  /// Work that went well but could not be told about isn't done.
  void fail_to_tell(const Failure& failure);
  [[nodiscard]] int conduct_unguarded();

  const Options& options_;
  const Look look_;  // of standard error
  EventFile events_;
  Signals& signals_;
  Display display_;
  Job job_;
  json report_ = json::object();
  std::set<std::string> warned_;
  std::atomic<bool> unheard_{false};  // an event could not be written or shown
  int status_ = kRefused;             // until there is work, and then what came of it
};

/// Whatever is thrown once there was work: what came of it can't be told, so it counts as stopped half-way.
int Run::conduct() {
  try {
    return conduct_unguarded();
  } catch (const std::exception& thrown) {
    if (status_ == 0) status_ = kStoppedHalfWay;
    complain(text_of_exception(thrown, look_));
    return status_;
  }
}

int Run::conduct_unguarded() {
  if (const Outcome set = set_options(); !set) {
    complain(set.error(), look_);
    return kWrongCommandLine;
  }
  Outcome outcome = work();
  if (!outcome && may_ask()) outcome = ask_and_work();
  tell(outcome);
  return status_;
}

Outcome Run::set_options() {
  for (const Setting& setting : options_.settings) {
    if (Outcome set = job_.set(setting); !set) return set;
  }
  return options_.verb == Verb::estimate ? tell_of_past_copies() : Outcome{};
}

/// Of those that came to their end, and had a forecast.
Outcome Run::tell_of_past_copies() {
  for (const PastCopy& copy : History(History::usual_folder()).read()) {
    const bool complete = copy.status == "verified" || copy.status == "counted" || copy.status == "copied";
    if (!complete || copy.kind == "discard" || copy.seconds <= 0 || copy.predicted_seconds <= 0) continue;
    const std::string text = as_json(copy).dump(-1, ' ', false, json::error_handler_t::replace);
    if (Outcome set = job_.set({"past", text}); !set) return set;
  }
  return {};
}

Outcome Run::work() {
  signals_.on_first([this] {
    job_.stop();
    display_.say("pghaul: stopping; asked once more, it ends at once");
  });
  status_ = kStoppedHalfWay;
  Outcome outcome = job_.run(options_.verb);
  signals_.forget();
  display_.clear();
  status_ = job_.exit_status();
  report_ = json::parse(job_.report(), nullptr, false);
  if (!report_.is_object()) report_ = json::object();
  return outcome;
}

bool Run::may_ask() const {
  return options_.verb == Verb::copy && only_confirmation_is_missing(report_) && look_.terminal &&
         isatty(STDIN_FILENO) == 1;
}

Outcome Run::ask_and_work() {
  const std::string name = report_.value("/target/database"_json_pointer, "");
  const std::string typed = ask_for_confirmation(report_, look_);
  if (typed != name) {
    status_ = kRefused;
    report_["findings"] = json::array();
    return tl::make_unexpected(
        Failure{fmt::format("'{}' is not the target's name: nothing was touched", typed), {}, {}});
  }
  if (Outcome set = job_.set({"confirm", name}); !set) return set;
  return work();
}

/// Called by the engine, into which nothing may be thrown.
void Run::hear(std::string_view text) noexcept {
  try {
    show_event(text);
  } catch (const std::exception&) {
    unheard_ = true;
  }
}

void Run::show_event(std::string_view text) {
  if (!events_.write(text)) {
    warn(fmt::format("no more events are written to '{}': {}", options_.events_file, std::strerror(errno)),
         {});
  }
  const json event = json::parse(text, nullptr, false);
  if (!event.is_object()) return;
  if (event.value("event", "") == "milestone" && event.value("open", false)) tell_opening(event);
  if (event.value("event", "") == "retry") tell_retry(event);
  if (event.value("event", "") == "warning") warn(event.value("message", ""), event.value("hint", ""));
  display_.show(event);
}

/// Of what comes again and again, once.
void Run::tell_retry(const json& event) {
  const std::string why = event.value("message", "");
  if (warned_.insert(why).second) display_.say(fmt::format("Trying again: {}", escape(why, look_)));
}

/// At the end the results say so.
void Run::tell_opening(const json& event) {
  const std::string milestone = event.value("name", "");
  if (milestone == "verified" || milestone == "copied") return;
  const std::string downtime =
      event.contains("downtime_seconds")
          ? fmt::format(" (downtime {})", show_seconds(event.value("downtime_seconds", 0.0)))
          : "";
  const std::string text =
      fmt::format("Writes may resume now{}: {} stand; the rest goes on beside them", downtime, milestone);
  if (warned_.insert(text).second) display_.say(text);
}

void Run::warn(const std::string& message, const std::string& hint) {
  if (options_.verb == Verb::plan || options_.verb == Verb::estimate) return;  // the plan lists them itself
  if (warned_.insert(message).second) display_.say(warning_text(message, hint, look_));
}

void Run::tell(const Outcome& outcome) {
  if (options_.verb == Verb::copy) remember();
  write_report();
  tell_late_warnings();
  write_results(outcome);
  if (unheard_) fail_to_tell({"an event could not be written or shown: out of memory", {}, {}});
  if (!outcome) tell_failure(outcome.error());
}

void Run::remember() {
  const auto kept = History(History::usual_folder()).add(report_);
  if (!kept) warn(kept.error().message, kept.error().hint);
}

/// As a person can read it, too.
std::string indented(const std::string& report) {
  const auto parsed = nlohmann::ordered_json::parse(report, nullptr, false);
  return (parsed.is_discarded() ? report : parsed.dump(2)) + "\n";
}

void Run::write_report() {
  if (options_.report_file.empty()) return;
  const std::string report = job_.report();
  const bool page = options_.report_file.ends_with(".html");
  const Outcome written =
      write_report_file(options_.report_file, page ? report_page(report) : indented(report));
  if (!written) fail_to_tell(written.error());
}

void Run::write_results(const Outcome& outcome) {
  const bool compared = report_.value("status", "") == "mismatch";
  if (!options_.json && !outcome && !compared) return;
  const int stream =
      options_.events_file == "-" || options_.events_file == "fd:1" ? STDERR_FILENO : STDOUT_FILENO;
  const std::string text =
      options_.json ? indented(job_.report()) : results(look_of(stream), window_size(stream).columns);
  if (write_fully(stream, text) || errno == EPIPE) return;
  fail_to_tell({fmt::format("cannot write the results: {}", std::strerror(errno)), {}, {}});
}

std::string Run::results(const Look& look, std::size_t columns) const {
  const SummaryStyle style{look, columns, options_.verbose};
  if (options_.verb == Verb::plan) return plan_text(report_, style);
  if (options_.verb == Verb::estimate) return estimate_text(report_, style);
  return summary_of(report_, style);
}

void Run::tell_late_warnings() {
  for (const json& finding : list_of(report_, "findings")) {
    if (finding.value("severity", "") == "warning")
      warn(finding.value("message", ""), finding.value("hint", ""));
  }
}

void Run::tell_failure(const Failure& failure) const {
  const std::vector<std::string> refusals = refusals_of(report_, look_);
  const bool refused = report_.value("status", "") == "refused" && !refusals.empty();
  if (!refused) {
    complain(failure, look_);
    return tell_missing();
  }
  for (const std::string& refusal : refusals) complain(refusal);
}

/// An application works with a target that is not complete: what would make it so.
void Run::tell_missing() const {
  const auto opening = report_.find("opening");
  if (opening == report_.end()) return;
  complain("The application has been let in; what is missing, besides by --resume, can be made by:");
  for (const json& one : list_of(*opening, "missing")) {
    const std::string statement = one.value("statement", "");
    complain("-- " + escape(one.value("object", ""), look_) + (statement.empty() ? "" : "\n" + statement));
  }
}

void Run::fail_to_tell(const Failure& failure) {
  complain(failure, look_);
  if (status_ == 0) status_ = kStoppedHalfWay;
}

}  // namespace

int run(const Options& options) {
  const Look look = look_of(STDERR_FILENO);
  if (!options.report_file.empty()) {
    if (const auto writable = check_report_file(options.report_file); !writable) {
      complain(writable.error(), look);
      return kWrongCommandLine;
    }
  }
  auto events = EventFile::open(options.events_file);
  if (!events) {
    complain(events.error(), look);
    return kWrongCommandLine;
  }
  Signals signals;
  return Run(options, std::move(*events), signals).conduct();
}

int refuse(const UsageError& error) {
  complain(error_text(error.message, error.hint, look_of(STDERR_FILENO)));
  return kWrongCommandLine;
}

}  // namespace pghaul::command

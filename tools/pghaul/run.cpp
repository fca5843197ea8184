#include "run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "error_text.h"
#include "event_file.h"
#include "history.h"
#include "job.h"
#include "live_output.h"
#include "on_end.h"
#include "prompt.h"
#include "report_file.h"
#include "report_pieces.h"
#include "results.h"
#include "signals.h"

namespace pghaul::command {

namespace {

using nlohmann::json;
using Outcome = tl::expected<void, Failure>;

constexpr std::chrono::seconds kWatchInterval{1};
constexpr int kWrongCommandLine = 2;
constexpr int kRefused = 3;
constexpr int kStoppedHalfWay = 5;
constexpr int kPartial = 9;

/// One verb, from its options to its exit status.
class Run {
 public:
  Run(const Options& options, EventFile events, Signals& signals)
      : options_(options),
        style_(style_of(STDERR_FILENO)),
        signals_(signals),
        output_(options, style_, std::move(events)),
        job_([this](std::string_view event) { output_.take(event); }) {}

  [[nodiscard]] int conduct();

 private:
  [[nodiscard]] int conduct_unguarded();
  [[nodiscard]] Outcome set_options();
  [[nodiscard]] Outcome set_past_copies();
  [[nodiscard]] Outcome work();
  [[nodiscard]] Outcome work_with_passwords();
  [[nodiscard]] bool may_ask() const;
  [[nodiscard]] Outcome ask_and_work();
  void conclude(const Outcome& outcome);
  void remember();
  void show_late_warnings();
  /// Counts work that went well as stopped half-way when its results could not be written.
  void require(const Outcome& written);

  const Options& options_;
  const Style style_;  // of standard error
  Signals& signals_;
  LiveOutput output_;
  Job job_;
  Report report_;
  int status_ = kRefused;  // the result, once there is work
};

/// Catches what is thrown. Once there was work it counts as stopped half-way, as its result is not known.
int Run::conduct() {
  try {
    return conduct_unguarded();
  } catch (const std::exception& thrown) {
    if (status_ == 0) status_ = kStoppedHalfWay;
    print_error(text_of_exception(thrown, style_));
    return status_;
  }
}

int Run::conduct_unguarded() {
  if (const Outcome set = set_options(); !set) {
    print_error(set.error(), style_);
    return kWrongCommandLine;
  }
  Outcome outcome = work_with_passwords();
  if (!outcome && may_ask()) outcome = ask_and_work();
  while (outcome && options_.watch) {
    require(write_results(options_, report_, true));
    std::this_thread::sleep_for(kWatchInterval);
    outcome = work();
  }
  conclude(outcome);
  return status_;
}

Outcome Run::set_options() {
  for (const Setting& setting : options_.settings) {
    if (Outcome set = job_.set(setting); !set) return set;
  }
  const bool forecasts =
      options_.verb == Verb::copy || options_.verb == Verb::plan || options_.verb == Verb::estimate;
  return forecasts ? set_past_copies() : Outcome{};
}

/// Gives the engine the copies that came to their end and had a forecast.
Outcome Run::set_past_copies() {
  for (const PastCopy& copy : History(History::usual_folder()).read()) {
    const bool complete = copy.status == "verified" || copy.status == "counted" || copy.status == "copied";
    if (!complete || copy.kind == "discard" || copy.kind == "server" || copy.seconds <= 0 ||
        copy.predicted_seconds <= 0)
      continue;
    const std::string text = as_json(copy).dump(-1, ' ', false, json::error_handler_t::replace);
    if (Outcome set = job_.set({"past", text}); !set) return set;
  }
  return {};
}

Outcome Run::work() {
  signals_.on_first([this] {
    job_.stop();
    output_.say(
        fmt::format("Stopping{} press Ctrl-C again to abort immediately", style_.unicode ? "…" : "..."));
  });
  status_ = kStoppedHalfWay;
  Outcome outcome = job_.run(options_.verb);
  signals_.forget();
  output_.clear();
  status_ = job_.exit_status();
  report_.text = job_.report();
  report_.values = json::parse(report_.text, nullptr, false);
  if (!report_.values.is_object()) report_.values = json::object();
  return outcome;
}

/// Asks on a terminal for passwords that servers want, once for each.
Outcome Run::work_with_passwords() {
  std::set<std::string> asked;
  for (;;) {
    Outcome outcome = work();
    if (outcome || !style_.terminal || isatty(STDIN_FILENO) != 1) return outcome;
    const std::optional<std::string> end = end_without_password(outcome.error().message);
    if (!end || !asked.insert(*end).second) return outcome;
    const std::string password = ask_for_password(*end);
    if (password.empty()) return outcome;
    if (Outcome set = job_.set({*end + "-password", password}); !set) return set;
  }
}

bool Run::may_ask() const {
  const bool asks =
      options_.verb == Verb::copy || options_.verb == Verb::sync || options_.verb == Verb::switchover;
  return asks && only_confirmation_is_missing(report_.values) && style_.terminal && isatty(STDIN_FILENO) == 1;
}

Outcome Run::ask_and_work() {
  const std::string name = report_.values.value("/target/database"_json_pointer, "");
  const std::string typed = ask_for_confirmation(report_.values, style_);
  if (typed != name) {
    status_ = kRefused;
    report_.values["findings"] = json::array();
    return tl::make_unexpected(
        Failure{fmt::format("'{}' is not the target's name: nothing was touched", typed), {}, {}});
  }
  if (Outcome set = job_.set({"confirm", name}); !set) return set;
  return work();
}

void Run::conclude(const Outcome& outcome) {
  if (options_.verb == Verb::copy) remember();
  require(write_report(options_, report_));
  show_late_warnings();
  require(write_results(options_, report_, outcome.has_value()));
  if (!output_.complete())
    require(tl::make_unexpected(Failure{"an event could not be written or shown: out of memory", {}, {}}));
  if (!outcome) print_failure(outcome.error(), report_, style_);
  const bool partial = report_.values.value("partial", false);
  if (options_.strict && status_ == 0 && partial) status_ = kPartial;
  require(output_.finish_metrics(status_));
  // Nothing else comes after it; that it failed is no failure of the copy.
  const Outcome told = run_on_end(options_.on_end, report_.values, options_.report_file, status_);
  if (!told) output_.warn(told.error().message, {});
}

void Run::remember() {
  const auto kept = History(History::usual_folder()).add(report_.values);
  if (!kept) output_.warn(kept.error().message, kept.error().hint);
}

void Run::show_late_warnings() {
  if (options_.verb == Verb::plan || options_.verb == Verb::estimate) return;  // their results list findings
  for (const json& finding : list_of(report_.values, "findings")) {
    if (finding.value("severity", "") == "warning")
      output_.warn(finding.value("message", ""), finding.value("hint", ""));
  }
}

void Run::require(const Outcome& written) {
  if (written) return;
  print_error(written.error(), style_);
  if (status_ == 0) status_ = kStoppedHalfWay;
}

}  // namespace

int run(const Options& options) {
  const Style style = style_of(STDERR_FILENO);
  if (!options.report_file.empty()) {
    if (const auto writable = check_report_file(options.report_file); !writable) {
      print_error(writable.error(), style);
      return kWrongCommandLine;
    }
  }
  auto events = EventFile::open(options.events_file);
  if (!events) {
    print_error(events.error(), style);
    return kWrongCommandLine;
  }
  Signals signals;
  return Run(options, std::move(*events), signals).conduct();
}

int refuse(const UsageError& error) {
  print_error(error_text(error.message, error.hint, style_of(STDERR_FILENO)));
  return kWrongCommandLine;
}

}  // namespace pghaul::command

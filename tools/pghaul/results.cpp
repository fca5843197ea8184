#include "results.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "error_text.h"
#include "escape.h"
#include "estimate_text.h"
#include "live_text.h"
#include "output.h"
#include "plan_table.h"
#include "report_file.h"
#include "report_page.h"
#include "report_pieces.h"
#include "summary.h"
#include "switchover_text.h"
#include "whole_server_text.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

/// Breaks a report into lines, for people.
std::string indented(const std::string& report) {
  const auto parsed = nlohmann::ordered_json::parse(report, nullptr, false);
  return (parsed.is_discarded() ? report : parsed.dump(2)) + "\n";
}

std::string results(const Options& options, const json& report, int stream) {
  const SummaryLayout layout{style_of(stream), window_size(stream).columns, options.verbose};
  if (is_of_whole_server(report)) return whole_server_text(report, layout);
  if (options.verb == Verb::plan) return plan_text(report, layout);
  if (options.verb == Verb::estimate) return estimate_text(report, layout);
  if (options.verb == Verb::status) return status_text(report, layout);
  if (options.verb == Verb::switchover) return switchover_text(report, layout);
  return summary_of(report, layout);
}

/// Prints what would complete a target that an application works with already.
void print_missing(const json& report, const Style& style) {
  const auto opening = report.find("opening");
  if (opening == report.end()) return;
  print_error("The application has been let in. --resume makes what is missing, or these statements:");
  for (const json& one : list_of(*opening, "missing")) {
    const std::string statement = one.value("statement", "");
    print_error("-- " + escape(one.value("object", ""), style) + (statement.empty() ? "" : "\n" + statement));
  }
}

}  // namespace

tl::expected<void, Failure> write_report(const Options& options, const Report& report) {
  if (options.report_file.empty()) return {};
  const bool page = options.report_file.ends_with(".html");
  return write_report_file(options.report_file, page ? report_page(report.text) : indented(report.text));
}

tl::expected<void, Failure> write_results(const Options& options, const Report& report, bool succeeded) {
  const bool compared = report.values.value("status", "") == "mismatch";
  const bool planned = options.verb == Verb::plan && report.values.value("status", "") == "refused";
  const bool of_many = is_of_whole_server(report.values);
  if (!options.json && !succeeded && !compared && !planned && !of_many) return {};
  const int stream =
      options.events_file == "-" || options.events_file == "fd:1" ? STDERR_FILENO : STDOUT_FILENO;
  const std::string text = options.json ? indented(report.text) : results(options, report.values, stream);
  if (write_fully(stream, text) || errno == EPIPE) return {};
  return tl::make_unexpected(
      Failure{fmt::format("cannot write the results: {}", std::strerror(errno)), {}, {}});
}

void print_error(const std::string& text) {
  write_fully(STDERR_FILENO, text + "\n");
}

void print_error(const Failure& failure, const Style& style) {
  print_error(error_text(failure.message, failure.hint, style));
}

void print_failure(const Failure& failure, const Report& report, const Style& style) {
  const std::vector<std::string> refusals = refusals_of(report.values, style);
  const bool refused = report.values.value("status", "") == "refused" && !refusals.empty();
  if (!refused || report.values.value("verb", "") == "plan") {  // a plan lists them itself
    print_error(failure, style);
    return print_missing(report.values, style);
  }
  for (const std::string& refusal : refusals) print_error(refusal);
}

}  // namespace pghaul::command

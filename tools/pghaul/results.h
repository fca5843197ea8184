#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "job.h"
#include "options.h"
#include "style.h"

namespace pghaul::command {

/// A report as the engine wrote it, and parsed.
struct Report {
  std::string text;
  nlohmann::json values = nlohmann::json::object();
};

/// Writes the report to the file that was asked for, if any.
[[nodiscard]] tl::expected<void, Failure> write_report(const Options& options, const Report& report);

/// Writes the results of a verb that succeeded, or found differences, to standard output; with --json those
/// of any.
[[nodiscard]] tl::expected<void, Failure> write_results(const Options& options, const Report& report,
                                                        bool succeeded);

/// Prints an error to standard error.
void print_error(const std::string& text);
void print_error(const Failure& failure, const Style& style);
/// Prints why a verb failed, and what is missing from a target that an application works with already.
void print_failure(const Failure& failure, const Report& report, const Style& style);

}  // namespace pghaul::command

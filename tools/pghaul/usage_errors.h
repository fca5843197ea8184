#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "options.h"

namespace pghaul::command {

/// Finds an argument that the verb has no place for: an option it doesn't know, or one database too many.
[[nodiscard]] std::optional<UsageError> error_of_extras(const CLI::App& verb);

/// Finds an option such as "--confirm=", which would take the next argument for its value.
[[nodiscard]] std::optional<UsageError> error_of_empty_values(const std::vector<std::string>& arguments,
                                                              const CLI::App& verb);

/// Says what CLI11 found wrong, in our words where its own are hard to read.
[[nodiscard]] UsageError error_of_parser(const CLI::ParseError& error, const CLI::App& verb);

/// Explains servers to somebody who gives one by the options of psql, of which pghaul has only -h, for help.
[[nodiscard]] std::optional<UsageError> error_of_psql_options(const std::vector<std::string>& arguments);

/// Writes long options that were abbreviated in full. Errors  several begin like that.
[[nodiscard]] tl::expected<std::vector<std::string>, UsageError> in_full(std::vector<std::string> arguments,
                                                                         const CLI::App& verb);

/// Says why the first argument is no verb, and which one may be meant.
[[nodiscard]] UsageError error_of_verb(const std::string& first);

}  // namespace pghaul::command

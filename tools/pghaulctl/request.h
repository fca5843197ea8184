#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// A command line: the verb, its arguments and options by name ("APP", "--to"). A flag that is given has
/// "true".
struct Request {
  std::string verb;
  std::map<std::string, std::string> values;

  [[nodiscard]] bool has(const std::string& name) const { return values.contains(name); }
  [[nodiscard]] std::string value(const std::string& name) const { return has(name) ? values.at(name) : ""; }
};

/// Help or the version, to be printed.
struct Text {
  std::string text;
};

/// Reads an option that takes seconds, as "10" or "10s".
[[nodiscard]] Result<std::chrono::milliseconds> seconds_of(const Request& request, const std::string& option,
                                                           std::chrono::milliseconds otherwise);

/// Reads an option that takes a size, as "20GB"; 0: it isn't given.
[[nodiscard]] Result<std::int64_t> bytes_of(const Request& request, const std::string& option);

/// Reads a command line; `arguments` begin after the program's name.
[[nodiscard]] Result<std::variant<Request, Text>> parse(const std::vector<std::string>& arguments);

}  // namespace pghaul::platform

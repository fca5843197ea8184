#include "tasks/index_row_hint.h"

#include <fmt/format.h>

#include <utility>

namespace pghaul::tasks {
namespace {

constexpr const char* kProgramLimitExceeded = "54000";

/// Returns the method of compression; before PostgreSQL 14 there was but one.
std::string method_of(const catalog::Server& server) {
  const auto setting = server.settings.find("default_toast_compression");
  return setting == server.settings.end() ? "pglz" : setting->second;
}

}  // namespace

Error with_compression_hint(Error error, const std::string& asked, const catalog::Server& source,
                            const catalog::Server& target) {
  const std::string method = asked.empty() ? method_of(target) : asked;
  const std::string before = method_of(source);
  if (error.sqlstate != kProgramLimitExceeded || error.message.find("index row") == std::string::npos ||
      method == before) {
    return error;
  }
  error.hint = fmt::format(
      "the target compresses large values with {}, as {} says, and the source with {}: a value that fits "
      "into the "
      "index there is too large here. What is stored stays as it is, so start anew: pghaul copy --confirm, "
      "with --toast-compression {}",
      method, asked.empty() ? "its default_toast_compression" : "--toast-compression", before, before);
  return error;
}

}  // namespace pghaul::tasks

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "job.h"

namespace pghaul::command {

/// Checks that a report can be written to `path`, as far as that can be known before the work.
[[nodiscard]] tl::expected<void, Failure> check_report_file(const std::string& path);

/// Puts `report` at `path`, readable by its owner only. A reader sees the old file or the whole new one.
[[nodiscard]] tl::expected<void, Failure> write_report_file(const std::string& path, std::string_view report);

}  // namespace pghaul::command

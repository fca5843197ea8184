#pragma once

#include <string>
#include <string_view>

namespace pghaul::command {

/// Renders a report (docs/report.md), which is JSON, as one self-contained HTML page: page/page.html with the
/// report in it, where nothing of it can be taken for markup.
[[nodiscard]] std::string report_page(std::string_view report);

}  // namespace pghaul::command

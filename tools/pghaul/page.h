#pragma once

namespace pghaul::command {

/// page/page.html with the style and the script that lie beside it, put together by CMake; "{{report}}"
/// stands where the report belongs.
extern const char* const kPage;

}  // namespace pghaul::command

#pragma once

namespace pghaul::command {

/// page/page.html with the style and the script beside it, put together by CMake; "{{report}}" is the
/// report's place.
extern const char* const kPage;

}  // namespace pghaul::command

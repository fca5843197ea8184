#pragma once

#include <string>

#include "base/error_codes.h"
#include "job/exit_status.h"

namespace pghaul::documents {

/// The two lists of docs/errors.md, in Markdown.
[[nodiscard]] std::string exit_status_list();
[[nodiscard]] std::string error_code_list();

}  // namespace pghaul::documents

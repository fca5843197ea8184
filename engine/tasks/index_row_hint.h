#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"

namespace pghaul::tasks {

/// Adds a hint where a key's value is too large for an index because the target compresses large values by
/// another method than the source. `asked`: the option --toast-compression, or nothing.
[[nodiscard]] Error with_compression_hint(Error error, const std::string& asked,
                                          const catalog::Server& source, const catalog::Server& target);

}  // namespace pghaul::tasks

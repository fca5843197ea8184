#pragma once

#include <string>

namespace pghaul::documents {

/// Writes what pghaul.h says of the options, as lines of its comment: what each is, and which verbs take
/// it.
[[nodiscard]] std::string header_list();

}  // namespace pghaul::documents

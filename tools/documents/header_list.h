#pragma once

#include <string>

namespace pghaul::documents {

/// What pghaul.h says of the engine's options, as lines of its comment: what each is, and which verbs take
/// it.
[[nodiscard]] std::string header_list();

}  // namespace pghaul::documents

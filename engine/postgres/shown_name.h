#pragma once

#include <string>
#include <string_view>

namespace pghaul::postgres {

/// A name for people: public.orders, with quotes where psql would need them and control characters escaped.
/// `schema`: may be empty.
[[nodiscard]] std::string shown_name(std::string_view schema, std::string_view name);

}  // namespace pghaul::postgres

#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// Tells whether two pieces of SQL, both deparsed by servers, may come from one expression.
///
/// A server rewords what it is given: from CHECK (v IN ('a', 'b')) it makes ANY (ARRAY['a'::varchar,
/// …]::text[]), and from that, when it is restored, ANY (ARRAY[('a'::varchar)::text, …]). So casts,
/// parentheses and white space don't count; everything else does.
[[nodiscard]] bool same_expression(std::string_view one, std::string_view other);

/// Reduces an expression to what counts in a comparison.
[[nodiscard]] std::string skeleton(std::string_view expression);

}  // namespace pghaul::verify

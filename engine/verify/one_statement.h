#pragma once

#include <string_view>

namespace pghaul::verify {

/// Whether SQL that another server has worded, put into a statement of ours, stays a part of it: no statement
/// follows, no parenthesis is closed that it has not opened, no comment hides what comes after it. Within a
/// body in SQL, BEGIN ATOMIC … END, statements follow one another.
[[nodiscard]] bool stays_within_statement(std::string_view sql);

}  // namespace pghaul::verify

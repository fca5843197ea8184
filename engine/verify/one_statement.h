#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// Tells whether SQL that another server has deparsed stays a part of the statement of ours that it is put
/// into: no statement follows, no parenthesis is closed that it has not opened, no comment hides what comes
/// after it. Within a body in SQL, BEGIN ATOMIC … END, statements follow one another.
[[nodiscard]] bool stays_within_statement(std::string_view sql);

/// Returns the text of a view's or a rule's query without the semicolon at its end.
[[nodiscard]] std::string without_end(std::string_view query);

}  // namespace pghaul::verify

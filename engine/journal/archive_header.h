#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "journal/journal.h"

namespace pghaul::journal {

/// Renders a job's header as the journal of an archive keeps it: texts by name.
[[nodiscard]] std::map<std::string, std::string> header_for_archive(const Journal::Header& header);
/// Reads one. Errors  refused when it isn't one.
[[nodiscard]] Result<Journal::Header> header_of_archive(const std::map<std::string, std::string>& fields);

}  // namespace pghaul::journal

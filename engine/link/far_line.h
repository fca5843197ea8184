#pragma once

#include <cstddef>
#include <stop_token>

#include "base/error.h"
#include "link/errand.h"
#include "link/near_half.h"
#include "postgres/connection_string.h"

namespace pghaul::link {

/// Has so many bytes that can't be compressed cross the link, the way that rows will: from a source, to a
/// target. `server`, errors: as of run_attended_errand().
[[nodiscard]] Status carry(NearHalf& link, std::size_t bytes, const postgres::ConnectionString& server,
                           const std::stop_token& stop);

/// The far half's part: whether this is asked for, and what it answers.
[[nodiscard]] bool is_carrying(const Errand& errand);
[[nodiscard]] Errand answer_carrying(const Errand& errand);

}  // namespace pghaul::link

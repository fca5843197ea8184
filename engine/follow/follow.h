#pragma once

#include <stop_token>

#include "base/error.h"
#include "follow/applier.h"
#include "follow/feed.h"

namespace pghaul::follow {

/// Carries what `feed` gives to `applier`, and tells the source what is durable, until `stop` is requested:
/// which is no error, and may leave a part of a transaction to be undone and applied again by the next one.
[[nodiscard]] Status follow(Feed& feed, Applier& applier, const std::stop_token& stop);

}  // namespace pghaul::follow

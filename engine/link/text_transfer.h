#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "transport/channel.h"
#include "transport/multiplexer.h"

namespace pghaul::link {

/// Sends a text on a channel, compressed, as fast as the other half takes it, and that it ends there.
[[nodiscard]] Status send_text(transport::Multiplexer& link, transport::Channel& channel,
                               std::string_view text, const std::stop_token& stop);
/// What send_text() sent. Errors  those of the link; more than a schema can be.
[[nodiscard]] Result<std::string> receive_text(transport::Multiplexer& link, transport::Channel& channel,
                                               const std::stop_token& stop);

}  // namespace pghaul::link

#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "transport/channel.h"
#include "transport/multiplexer.h"

namespace pghaul::link {

/// Sends a text on a channel, compressed, at the pace of the other half, and then its end.
[[nodiscard]] Status send_text(transport::Multiplexer& link, transport::Channel& channel,
                               std::string_view text, const std::stop_token& stop);
/// Receives what send_text() sent. Errors  those of the link; a text larger than any schema.
[[nodiscard]] Result<std::string> receive_text(transport::Multiplexer& link, transport::Channel& channel,
                                               const std::stop_token& stop);

}  // namespace pghaul::link

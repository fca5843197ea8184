#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Runs `work`, called `name`, while a second thread probes the server that it works at: should that answer
/// nobody for ConnectionString::silence_limit(), the token that `work` is given asks it to give up.
///
/// Errors  those of `work`; connection_lost, naming the server and `name`, when the server was silent.
[[nodiscard]] Status with_liveness_check(const ConnectionString& server, Side side,
                                         const std::stop_token& stop, const std::string& name,
                                         const std::function<Status(const std::stop_token&)>& work);

}  // namespace pghaul::postgres

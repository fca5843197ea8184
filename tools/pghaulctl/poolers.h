#pragma once

#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Makes new statements of an application wait in its poolers before its roles lose their logins: PgBouncer
/// would not try a login again for 15 s (server_login_retry) after one was refused, however short the fence.
///
/// Errors  the first failure; the others hold.
[[nodiscard]] Outcome hold_statements(Fleet& fleet);
/// Says whether one of the application's poolers makes statements wait.
[[nodiscard]] Result<bool> are_statements_held(Fleet& fleet);
/// Lets statements go on, whoever made them wait; those of each pooler, whatever became of the others.
///
/// Errors  the first failure.
[[nodiscard]] Outcome let_statements_go(Fleet& fleet);

}  // namespace pghaul::platform

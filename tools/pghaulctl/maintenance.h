#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "failure.h"
#include "fleet.h"
#include "server.h"

namespace pghaul::platform {

/// Says whether maintenance() has taken the login of one of these roles.
[[nodiscard]] Result<bool> is_fenced(Server& server, const std::vector<std::string>& writers);

/// Says whether it has taken that of all of them.
[[nodiscard]] Result<bool> are_all_fenced(Server& server, const std::vector<std::string>& writers);

/// How long a fence may take to be proved, unless asked otherwise.
constexpr std::chrono::seconds kWithin{10};

/// Names what may write although the writers can't log in, for a person to judge.
using Remarks = std::vector<std::string>;

/// Refuses a fence that would not hold: a role that does not exist, a prepared transaction, a subscription
/// that writes into the database. Changes nothing.
[[nodiscard]] Result<Remarks> check_fence(Member& live, const App& app);

/// Takes the login of the writers, and of the login roles that `credentials rotate` has made. A role keeps in
/// its comment what it was. Done already is done.
[[nodiscard]] Outcome raise_fence(Server& server, const App& app);

/// Ends the writers' sessions in the application's database, and shows that nobody writes: two equal write
/// states of the server, no session of the writers between, no open transaction that has written.
///
/// Errors  PGHAUL_EXIT_DIFFERENT: that could not be shown `within` that time; somebody writes, and who.
[[nodiscard]] Outcome prove_fence(Server& server, const App& app, std::chrono::milliseconds within);

/// Gives back exactly what raise_fence() took.
[[nodiscard]] Outcome lift_fence(Server& server, const App& app);

}  // namespace pghaul::platform

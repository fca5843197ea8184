#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/endpoints.h"
#include "follow/progress.h"
#include "follow/registration.h"
#include "plan/finding.h"
#include "postgres/connection.h"

/// A live copy's part on the source: whether it can be had, how it is made and removed.
namespace pghaul::live {

/// Judges whether the changes of what was found can be followed. With a target: its role, too.
[[nodiscard]] Result<std::vector<plan::Finding>> live_findings(const discovery::Discovery& found,
                                                               const std::stop_token& stop);
/// Names the registration of a live copy that fills this database.
[[nodiscard]] std::string live_name(const catalog::Server& target);
/// Names the registration of the live copy into this database, whichever way it was filled: one that was a
/// standby of its source is registered there under another name.
[[nodiscard]] Result<std::string> live_name(postgres::Connection& end, const catalog::Server& server);

/// Makes publication and slot for what was found, and returns where its changes begin. Replaces what an
/// earlier live copy of the same name has left.
///
/// `registration`  its name, and its target, for people.
[[nodiscard]] Result<follow::Progress> register_live_copy(const discovery::Discovery& found,
                                                          const follow::Registration& registration,
                                                          const std::stop_token& stop);
/// Returns where the changes of a registered live copy begin, as nothing of it has been applied yet. Errors
/// refused: its slot is gone or of no use.
[[nodiscard]] Result<follow::Progress> find_live_copy(const discovery::Endpoint& source,
                                                      const std::string& name, const std::stop_token& stop);
/// Drops the slot alone; one that does not exist is no error.
[[nodiscard]] Status drop_live_slot(const discovery::Endpoint& end, const std::string& name,
                                    const std::stop_token& stop);
/// Removes publication, slot and row; what does not exist is no error.
[[nodiscard]] Status unregister_live_copy(const discovery::Endpoint& source, const std::string& name,
                                          const std::stop_token& stop);

}  // namespace pghaul::live

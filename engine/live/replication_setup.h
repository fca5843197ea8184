#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/endpoints.h"
#include "follow/progress.h"
#include "plan/finding.h"

/// A live copy's part on the source: whether it can be had, how it is made and removed.
namespace pghaul::live {

/// Judges whether the changes of what was found can be followed. With a target: its role, too.
[[nodiscard]] Result<std::vector<plan::Finding>> live_findings(const discovery::Discovery& found,
                                                               const std::stop_token& stop);
/// Names the registration of the live copy into this database.
[[nodiscard]] std::string live_name(const catalog::Server& target);

/// Makes publication and slot for what was found, and returns where its changes begin. Replaces what an
/// earlier live copy into the same database has left.
[[nodiscard]] Result<follow::Progress> register_live_copy(const discovery::Discovery& found,
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

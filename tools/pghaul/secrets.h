#pragma once

namespace pghaul::command {

/// Overwrites in place what could be a password in a connection string, so that no process list shows it.
/// When in doubt it hides more: all from the first keyword with 'password' in it, and all doubtful parts of a
/// URI.
void hide_secrets(char* argument);

}  // namespace pghaul::command

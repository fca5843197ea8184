#pragma once

namespace pghaul::command {

/// Overwrites in place what could be a password in a connection string, so that no process list shows it.
/// Rather hides too much: all from the first keyword with 'password' in it, and all of a URI's doubtful
/// parts.
void hide_secrets(char* argument);

}  // namespace pghaul::command

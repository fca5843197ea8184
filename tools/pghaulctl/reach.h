#pragma once

#include <memory>
#include <string>

#include "program.h"

struct pg_conn;

namespace pghaul::platform {

/// A connection of libpq's, which may have failed, and what carries its bytes to another host.
///
/// Ownership  closes the connection, and then ends what carries it.
/// Threads    one at a time.
struct Reached {
  struct Finish {
    void operator()(pg_conn* handle) const noexcept;
  };
  std::unique_ptr<RunningCommand> carrier;  // nothing: it is direct
  std::unique_ptr<pg_conn, Finish> connection;
  std::string problem;  // empty: it is open
  std::string
      sqlstate;  // of what the server said instead; empty: it said nothing, or the connection is direct
};

/// Connects to a server. On another host it is the host and the port of the connection string as they are
/// there, and no port is opened: a command carries the bytes (serve_host.h).
///
/// `host`  the command that leads to the server's machine; empty: this one.
/// `user`  whose process connects, for peer authentication: a name or a number; empty: as whoever we are.
[[nodiscard]] Reached reach(const std::string& host, const std::string& connection_string,
                            const std::string& user);

}  // namespace pghaul::platform

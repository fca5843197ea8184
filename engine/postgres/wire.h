#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "postgres/lifeline.h"
#include "postgres/raw_stream.h"

namespace pghaul::postgres {

/// The bytes of an open connection, past its sign-in and whatever encrypts it: for code that speaks the
/// protocol on behalf of another client.
///
/// Ownership  closes the connection when destroyed; moves, never copies.
/// Threads    one at a time; lifeline() gives what other threads may use.
/// Source     PostgreSQL manual, "Frontend/Backend Protocol"; libpq.
class Wire {
 public:
  [[nodiscard]] static Result<Wire> open(const ConnectionString& server, Side side,
                                         const std::stop_token& stop = {});

  [[nodiscard]] int socket() const noexcept { return PQsocket(handle_.get()); }
  /// Reads and writes as RawStream does.
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) {
    return stream_.read(bytes);
  }
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) { return stream_.write(bytes); }
  [[nodiscard]] bool has_read_ahead() const { return stream_.has_read_ahead(); }

  /// Returns what the server reported at sign-in: server_version, TimeZone …
  [[nodiscard]] std::map<std::string, std::string> parameters() const;
  [[nodiscard]] std::string database() const { return PQdb(handle_.get()); }
  [[nodiscard]] std::string user() const { return PQuser(handle_.get()); }
  [[nodiscard]] std::string host() const { return PQhost(handle_.get()); }
  [[nodiscard]] std::string port() const { return PQport(handle_.get()); }
  [[nodiscard]] bool on_this_machine() const;
  [[nodiscard]] const std::shared_ptr<Lifeline>& lifeline() const noexcept { return lifeline_; }

 private:
  struct Finish {
    std::shared_ptr<Lifeline> lifeline;
    void operator()(PGconn* handle) const noexcept {
      if (lifeline) lifeline->forget();
      PQfinish(handle);
    }
  };
  Wire(PGconn* handle, RawStream stream, std::shared_ptr<Lifeline> lifeline);

  std::shared_ptr<Lifeline> lifeline_;
  std::unique_ptr<PGconn, Finish> handle_;
  RawStream stream_;
};

}  // namespace pghaul::postgres

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "link/command.h"
#include "link/heartbeat.h"
#include "link/listening_socket.h"
#include "link/remote_request.h"
#include "link/sign_in.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "transport/compression.h"
#include "transport/multiplexer.h"

namespace pghaul::link {

class LocalSocket;

/// The half of a link at our side: a socket in a private folder, behind which libpq finds the server that the
/// far half is connected to. The far half is started when it is first needed, and again when it has died.
///
/// Ownership  owns the socket, the far half and all threads: gone when destroyed, at the latest 2 s later.
/// Threads    any; one for each connection, one that waits for them.
class NearHalf {
 public:
  struct Options {
    std::string command;                // starts pghaul where the far half is to run
    postgres::ConnectionString server;  // the address that the far half uses
    postgres::Side side = postgres::Side::source;
    transport::Compression compression;
    std::function<void(const std::string&)> on_line;   // takes standard error; called by any thread
    std::function<void(const std::string&)> on_wait;   // takes what is waited for, when that takes long
    std::function<void(const std::string&)> on_break;  // takes the reason; not every connection can report it
    std::stop_token stop;                              // gives up connecting
  };
  [[nodiscard]] static Result<std::unique_ptr<NearHalf>> create(Options options);
  ~NearHalf();
  NearHalf(NearHalf&&) = delete;
  NearHalf& operator=(NearHalf&&) = delete;

  [[nodiscard]] postgres::Side side() const noexcept { return options_.side; }
  /// Has the far half run a job. Errors  its own, with their codes; those of the link.
  [[nodiscard]] Result<RemoteRequest> run_request(const RemoteRequest& request, const std::stop_token& stop);
  /// Tells whether both halves are in one place, so that nothing of a link is slow.
  [[nodiscard]] bool at_one_place();
  /// Returns the bytes that have crossed the link so far, both ways.
  [[nodiscard]] std::uint64_t bytes();
  /// Passes a line on as one of the far half's standard error, unless it was the last one so passed.
  void report_once(const std::string& line);

  /// Returns the address by which libpq reaches the server through us; with the silence_limit() of
  /// Options::server.
  /// Errors  connection_failed: no far half, or no server behind it.
  [[nodiscard]] Result<postgres::ConnectionString> connection_string();

 private:
  /// A far half, from its start to its end.
  struct Running {
    explicit Running(std::unique_ptr<Command> started)
        : command(std::move(started)), link(*command, *command) {}
    ~Running() {
      command->break_off();
      if (reader.joinable()) reader.join();
    }
    Running(Running&&) = delete;
    Running& operator=(Running&&) = delete;

    std::unique_ptr<Command> command;
    transport::Multiplexer link;
    Fields server;  // facts that it has sent about the server
    transport::Compression compression;
    std::atomic<bool> over{false};
    std::atomic<bool> reported{false};  // the reason for its end has been reported
    std::jthread reader;
    std::optional<Heartbeat> heartbeat;
  };
  struct Session {
    std::atomic<bool> over{false};
    std::jthread thread;
  };

  NearHalf(Options options, ListeningSocket socket);
  [[nodiscard]] Result<std::shared_ptr<Running>> running();
  [[nodiscard]] Result<std::shared_ptr<Running>> start();
  [[nodiscard]] Result<Fields> introduce(Running& far);
  void read(Running& far);
  void end(Running& far, const Error& error);
  void listen();
  [[nodiscard]] Status start_session(int descriptor);
  void forget_finished_sessions();
  void serve(int descriptor);
  void cancel(std::uint32_t channel);
  [[nodiscard]] Status carry(LocalSocket& socket, const Fields& parameters);

  const Options options_;
  const ListeningSocket socket_;
  const std::string token_;  // the token for verify::digest_request()
  std::mutex mutex_;         // guards the next two
  std::shared_ptr<Running> running_;
  std::string last_reported_;
  std::atomic<std::uint32_t> next_channel_{1};
  std::atomic<bool> closing_{false};
  std::list<Session> sessions_;  // used by the listener only
  std::jthread listener_;
};

}  // namespace pghaul::link

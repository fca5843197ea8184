#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/copy_data_editor.h"

namespace pghaul::support {

class Cluster;

/// A TCP proxy in this process that stands before a server and spoils what passes: at a byte, where a text
/// comes by in the rows of a COPY, or on command. Bytes are counted over all connections, in the order in
/// which they pass. It understands PostgreSQL's protocol without TLS.
///
/// Threads    one of its own moves the bytes; the functions here may be called from any.
/// Errors     throws std::runtime_error when it cannot be set up.
class FaultProxy {
 public:
  enum class Way { to_server, to_client };
  enum class Effect {
    end,    // the connection ends in order, as when a program closes it
    reset,  // it is gone, as when a machine or a middlebox forgets it
    stall,  // nothing moves any more, on no connection, and none ends
    flip,   // one bit of the byte is another one
  };

  explicit FaultProxy(const Cluster& server);
  /// `server`: the path of its socket.
  explicit FaultProxy(std::string server);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Returns the address of a database of the server, by way of this proxy.
  [[nodiscard]] std::string uri(const std::string& database) const;

  /// Orders an effect for when the byte with this number, counted from 0, has come: it is the last that
  /// passes, or the one that changes. Only its connection is cut.
  void at(Way way, std::uint64_t byte, Effect effect);
  /// Orders that `text`, the first time it is in the rows of a COPY, becomes `other`, which is as long.
  void replace_in_rows(Way way, const std::string& text, const std::string& other);

  /// Cuts every connection there is.
  void cut(Effect end_or_reset);
  /// Cuts the one that has sent most to the server.
  void cut_busiest(Effect end_or_reset);
  void stall();
  void go_on();
  /// Refuses new connections, as when no server listens.
  void refuse();
  void admit();
  /// Delays each byte by that much.
  void delay(std::chrono::milliseconds by);
  /// Limits the bytes a second, both ways and all connections together; 0: no limit.
  void throttle(std::uint64_t bytes_per_second);

  /// Returns once so many bytes have passed; false: they have not within a minute.
  [[nodiscard]] bool await_bytes(Way way, std::uint64_t count);
  /// Returns once all that at() and replace_in_rows() ordered has happened; false: it has not within a
  /// minute.
  [[nodiscard]] bool await_effects();
  [[nodiscard]] std::uint64_t bytes(Way way) const;
  /// Returns how many of the ordered effects are still to come.
  [[nodiscard]] std::size_t effects_left() const;
  /// Returns the number of open connections.
  [[nodiscard]] std::size_t connections() const;

 private:
  using Clock = std::chrono::steady_clock;

  /// Bytes on their way from one socket to another.
  struct Stream {
    Way way = Way::to_server;
    int from = -1;
    int to = -1;
    struct Portion {
      std::string bytes;
      Clock::time_point due;
    };
    std::list<Portion> portions;
    std::size_t waiting_bytes = 0;
    bool ended = false;  // nothing more comes
    CopyDataEditor editor;
  };
  struct Connection {
    int client = -1;
    int server = -1;
    Stream up, down;
    std::uint64_t sent_up = 0;
    bool gone = false;
  };
  struct Order {
    Way way;
    std::uint64_t byte;
    Effect effect;
  };
  struct Replacement {
    Way way;
    std::string text;
    std::string other;
  };

  void run();
  void wake() const;
  void listen();
  void take_client();
  void receive(Connection& connection, Stream& stream);
  void send(Connection& connection, Stream& stream);
  void close(Connection& connection, Effect effect);
  [[nodiscard]] int timeout(Clock::time_point now) const;
  [[nodiscard]] std::size_t index(Way way) const noexcept { return way == Way::to_server ? 0 : 1; }

  const std::string server_;
  std::uint16_t port_ = 0;
  int bell_ = -1;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  int listener_ = -1;
  std::list<Connection> connections_;
  std::vector<Order> orders_;
  std::vector<Replacement> replacements_;
  std::uint64_t passed_[2] = {0, 0};
  bool stalled_ = false;
  bool ending_ = false;
  std::chrono::milliseconds delay_{0};
  std::uint64_t bytes_per_second_ = 0;
  Clock::time_point next_send_;  // when throttled

  std::thread thread_;
};

}  // namespace pghaul::support

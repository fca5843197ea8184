#include "support/fault_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "support/cluster.h"

namespace pghaul::support {
namespace {

constexpr std::size_t kBuffered = 256 * 1024;  // of a stream, before it is no longer read
constexpr std::chrono::minutes kLongestWait{1};

[[noreturn]] void fail(const std::string& doing) {
  throw std::runtime_error("cannot " + doing + ": " + std::generic_category().message(errno));
}

void check(bool done, const char* doing) {
  if (!done) fail(doing);
}

int connect_to(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor);
    return -1;
  }
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

void close_socket(int descriptor, bool reset) {
  if (reset) {
    const linger none = {1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  } else {
    ::shutdown(descriptor, SHUT_WR);
    std::array<char, 4096> unread;  // closed with some of it left, the connection would be reset
    while (::recv(descriptor, unread.data(), unread.size(), MSG_DONTWAIT) > 0) continue;
  }
  ::close(descriptor);
}

}  // namespace

FaultProxy::FaultProxy(const Cluster& server)
    : FaultProxy(server.socket_dir() + "/.s.PGSQL." + std::to_string(server.port())) {}

FaultProxy::FaultProxy(std::string server) : server_(std::move(server)) {
  bell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  check(bell_ >= 0, "make an eventfd");
  listen();
  thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
  for (Connection& connection : connections_) close(connection, Effect::end);
  if (listener_ >= 0) ::close(listener_);
  ::close(bell_);
}

std::string FaultProxy::uri(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + '/' + database +
         "?sslmode=disable&gssencmode=disable";
}

void FaultProxy::at(Way way, std::uint64_t byte, Effect effect) {
  const std::lock_guard lock(mutex_);
  orders_.push_back({way, byte, effect});
  std::ranges::sort(orders_, {}, &Order::byte);
}

void FaultProxy::replace_in_rows(Way way, const std::string& text, const std::string& other) {
  const std::lock_guard lock(mutex_);
  replacements_.push_back({way, text, other});
}

void FaultProxy::cut(Effect effect) {
  const std::lock_guard lock(mutex_);
  for (Connection& connection : connections_) close(connection, effect);
  wake();
}

void FaultProxy::cut_busiest(Effect effect) {
  const std::lock_guard lock(mutex_);
  const auto busiest = std::ranges::max_element(connections_, {}, &Connection::sent_up);
  if (busiest != connections_.end()) close(*busiest, effect);
  wake();
}

void FaultProxy::stall() {
  const std::lock_guard lock(mutex_);
  stalled_ = true;
  wake();
}

void FaultProxy::go_on() {
  const std::lock_guard lock(mutex_);
  stalled_ = false;
  wake();
}

void FaultProxy::refuse() {
  const std::lock_guard lock(mutex_);
  if (listener_ >= 0) {
    ::shutdown(listener_, SHUT_RDWR);  // closing alone leaves it open to the one who polls it
    ::close(std::exchange(listener_, -1));
  }
  wake();
}

void FaultProxy::admit() {
  const std::lock_guard lock(mutex_);
  if (listener_ < 0) listen();
  wake();
}

void FaultProxy::delay(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  delay_ = by;
}

void FaultProxy::throttle(std::uint64_t bytes_per_second) {
  const std::lock_guard lock(mutex_);
  bytes_per_second_ = bytes_per_second;
  wake();
}

bool FaultProxy::await_bytes(Way way, std::uint64_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kLongestWait, [&] { return passed_[index(way)] >= count; });
}

bool FaultProxy::await_effects() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kLongestWait, [&] { return orders_.empty() && replacements_.empty(); });
}

std::uint64_t FaultProxy::bytes(Way way) const {
  const std::lock_guard lock(mutex_);
  return passed_[index(way)];
}

std::size_t FaultProxy::effects_left() const {
  const std::lock_guard lock(mutex_);
  return orders_.size() + replacements_.size();
}

std::size_t FaultProxy::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

void FaultProxy::wake() const {
  const std::uint64_t once = 1;
  [[maybe_unused]] const ssize_t written = ::write(bell_, &once, sizeof once);
}

void FaultProxy::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_);
  socklen_t size = sizeof address;
  check(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind the proxy's port");
  check(::listen(listener_, SOMAXCONN) == 0, "listen on the proxy's port");
  check(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
        "learn the proxy's port");
  port_ = ntohs(address.sin_port);
}

void FaultProxy::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    std::vector<pollfd> waits = {{bell_, POLLIN, 0}, {stalled_ ? -1 : listener_, POLLIN, 0}};
    const auto now = Clock::now();
    const auto wanted = [&](const Stream& in, const Stream& out) {
      short events = 0;
      if (!in.ended && in.waiting_bytes < kBuffered) events |= POLLIN;
      if (!out.portions.empty() && out.portions.front().due <= now && next_send_ <= now) events |= POLLOUT;
      return events;
    };
    for (const Connection& one : connections_) {
      const auto add = [&](int socket, short events) {
        waits.push_back({stalled_ || events == 0 ? -1 : socket, events, 0});
      };
      add(one.client, wanted(one.up, one.down));
      add(one.server, wanted(one.down, one.up));
    }
    const int longest_wait = timeout(now);
    const std::size_t known = connections_.size();
    lock.unlock();
    ::poll(waits.data(), waits.size(), longest_wait);
    std::uint64_t rings = 0;
    [[maybe_unused]] const ssize_t heard = ::read(bell_, &rings, sizeof rings);
    lock.lock();

    auto connection = connections_.begin();
    for (std::size_t i = 0; i < known && !stalled_; ++i, ++connection) {
      const short at_client = waits[2 + 2 * i].revents;
      const short at_server = waits[3 + 2 * i].revents;
      if (!connection->gone && (at_client & ~POLLOUT) != 0) receive(*connection, connection->up);
      if (!connection->gone && (at_server & ~POLLOUT) != 0) receive(*connection, connection->down);
      if (!connection->gone && !stalled_) send(*connection, connection->up);
      if (!connection->gone && !stalled_) send(*connection, connection->down);
    }
    if (!stalled_ && listener_ >= 0 && waits[1].revents != 0) take_client();
    std::erase_if(connections_, [](const Connection& one) { return one.gone; });
    changed_.notify_all();
  }
}

/// Milliseconds until something that waits for its time may go on; -1: nothing does.
int FaultProxy::timeout(Clock::time_point now) const {
  if (stalled_) return -1;
  std::optional<Clock::time_point> first;
  for (const Connection& one : connections_) {
    for (const Stream* stream : {&one.up, &one.down}) {
      if (stream->portions.empty()) continue;
      const auto due = std::max(stream->portions.front().due, next_send_);
      if (due <= now) continue;  // waits for room in its socket
      if (!first || due < *first) first = due;
    }
  }
  if (!first) return -1;
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*first - now).count());
}

void FaultProxy::take_client() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  const int yes = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const int server = connect_to(server_);
  if (server < 0) {
    close_socket(client, true);
    return;
  }
  Connection& one = connections_.emplace_back();
  one.client = client;
  one.server = server;
  one.up = {Way::to_server, client, server, {}, 0, false, CopyDataEditor(false)};
  one.down = {Way::to_client, server, client, {}, 0, false, CopyDataEditor(true)};
}

void FaultProxy::receive(Connection& connection, Stream& stream) {
  std::array<char, 64 * 1024> buffer;
  const ssize_t got = ::recv(stream.from, buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got < 0) return close(connection, Effect::reset);
  if (got == 0) {
    stream.ended = true;
    return;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  const auto wanted = std::ranges::find(replacements_, stream.way, &Replacement::way);
  const bool looking = wanted != replacements_.end();
  bool found = false;
  std::string edited = looking ? stream.editor.edit(bytes, wanted->text, wanted->other, found)
                               : stream.editor.edit(bytes, {}, {}, found);
  if (found) replacements_.erase(wanted);
  if (edited.empty()) return;
  stream.waiting_bytes += edited.size();
  stream.portions.push_back({std::move(edited), Clock::now() + delay_});
}

/// Sends what is due, up to the next byte at which something is to happen, and lets it happen.
void FaultProxy::send(Connection& connection, Stream& stream) {
  while (!stream.portions.empty()) {
    const auto now = Clock::now();
    std::string& bytes = stream.portions.front().bytes;
    if (stream.portions.front().due > now || next_send_ > now) return;
    std::uint64_t& passed = passed_[index(stream.way)];
    const auto order = std::ranges::find_if(
        orders_, [&](const Order& one) { return one.way == stream.way && one.byte >= passed; });
    std::size_t portion = bytes.size();
    if (bytes_per_second_ > 0) portion = std::min<std::size_t>(portion, bytes_per_second_ / 50 + 1);
    bool strikes = false;
    if (order != orders_.end() && order->byte < passed + portion) {
      strikes = order->byte == passed;
      portion = strikes ? 1 : order->byte - passed;
    }
    const bool flips = strikes && order->effect == Effect::flip;
    if (flips) bytes[0] = static_cast<char>(bytes[0] ^ 1);
    const ssize_t sent = ::send(stream.to, bytes.data(), portion, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (flips) bytes[0] = static_cast<char>(bytes[0] ^ 1);
      return;
    }
    if (sent < 0) return close(connection, Effect::reset);
    const auto count = static_cast<std::size_t>(sent);
    passed += count;
    if (stream.way == Way::to_server) connection.sent_up += count;
    stream.waiting_bytes -= count;
    if (bytes_per_second_ > 0) {
      next_send_ = now + std::chrono::nanoseconds(1'000'000'000 * count / bytes_per_second_);
    }
    bytes.erase(0, count);
    if (bytes.empty()) stream.portions.pop_front();
    if (strikes) {
      const Effect effect = order->effect;
      orders_.erase(order);
      if (effect == Effect::stall) stalled_ = true;
      if (effect == Effect::end || effect == Effect::reset) close(connection, effect);
      if (effect != Effect::flip) return;
    }
  }
  if (!stream.ended) return;
  ::shutdown(stream.to, SHUT_WR);
  const bool over = connection.up.ended && connection.up.portions.empty() && connection.down.ended &&
                    connection.down.portions.empty();
  // A server that has ended its half has gone; it does not read what the client may still say.
  if (over || stream.way == Way::to_client) close(connection, Effect::end);
}

void FaultProxy::close(Connection& connection, Effect effect) {
  if (std::exchange(connection.gone, true)) return;
  close_socket(connection.client, effect == Effect::reset);
  close_socket(connection.server, effect == Effect::reset);
}

}  // namespace pghaul::support

#include "link/near_half.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <random>
#include <utility>

#include "base/guard.h"
#include "base/let_servers_go_first.h"
#include "link/first_line.h"
#include "link/greeting.h"
#include "link/local_socket.h"
#include "link/pump.h"
#include "link/text_transfer.h"

namespace pghaul::link {
namespace {

using transport::Channel;
using transport::LinkFrame;

constexpr std::chrono::milliseconds kLook{100};  // interval of looking whether all is to end

std::string text_of(const Channel::Arrived& arrived) {
  return {reinterpret_cast<const char*>(arrived.payload.data()), arrived.payload.size()};
}

/// A channel, left when this is destroyed.
class Joined {
 public:
  Joined(transport::Multiplexer& link, std::uint32_t id) : link_(&link), channel_(link.join(id)) {}
  ~Joined() { link_->leave(channel_->id()); }
  Joined(Joined&&) = delete;
  Joined& operator=(Joined&&) = delete;
  Channel& operator*() const noexcept { return *channel_; }
  Channel* operator->() const noexcept { return channel_.get(); }

 private:
  transport::Multiplexer* link_;
  std::shared_ptr<Channel> channel_;
};

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
}

}  // namespace

Result<std::unique_ptr<NearHalf>> NearHalf::create(Options options) {
  if (const char* address = std::getenv("PGHOSTADDR"); address != nullptr && *address != '\0') {
    return fail(ErrorCode::usage, "PGHOSTADDR is set, and would bypass the link", "unset it");
  }
  Result<ListeningSocket> socket = ListeningSocket::open();
  if (!socket) return fail(socket.error());
  std::unique_ptr<NearHalf> half(new NearHalf(std::move(options), std::move(*socket)));
  const Status listens = guarded("making a link", [&]() -> Status {
    half->listener_ = guarded_thread(
        "listening for connections to the link",
        [&link = *half](const std::stop_token&) -> Status {
          link.listen();
          return {};
        },
        [&link = *half](const Error& failure) { link.options_.on_break(failure.message); });
    return {};
  });
  if (!listens) return fail(listens.error());
  return half;
}

NearHalf::NearHalf(Options options, ListeningSocket socket)
    : options_(std::move(options)), socket_(std::move(socket)), token_(random_token()) {}

NearHalf::~NearHalf() {
  closing_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (running_) running_->command->break_off();
  }
  if (listener_.joinable()) listener_.join();
  sessions_.clear();  // joins
  running_.reset();
}

Result<postgres::ConnectionString> NearHalf::connection_string() {
  const Result<std::shared_ptr<Running>> far = running();
  if (!far) return fail(far.error());
  const Fields& server = (*far)->server;
  const auto fact = [&](const char* name) { return field_in(server, name); };
  postgres::ConnectionString string({{"host", socket_.folder()},
                                     {"port", ListeningSocket::kPort},
                                     {"dbname", fact("database")},
                                     {"user", fact("user")},
                                     {"sslmode", "disable"},
                                     {"gssencmode", "disable"}});
  string.set_detour({.where = fmt::format("{}:{} via {}", fact("host"), fact("port"), options_.command),
                     .here = !fact("machine").empty() && fact("machine") == this_machine(),
                     .digest_token = token_});
  string.set_silence_limit(options_.server.silence_limit());
  return string;
}

Result<std::shared_ptr<NearHalf::Running>> NearHalf::running() {
  const std::lock_guard lock(mutex_);
  if (closing_ || options_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (running_ && !running_->over) return running_;
  running_.reset();  // a session that still uses it finds it ended
  Result<std::shared_ptr<Running>> started = start();
  if (started) running_ = *started;
  return started;
}

Result<std::shared_ptr<NearHalf::Running>> NearHalf::start() {
  Result<std::unique_ptr<Command>> command =
      Command::start(options_.command + " serve-link", options_.on_line);
  if (!command) return fail(command.error());
  auto far = std::make_shared<Running>(std::move(*command));
  const Result<std::string> line =
      await_first_line(*far->command, options_.server.silence_limit(), options_.on_wait, options_.stop);
  if (!line) return fail(line.error());
  if (const Status greeted = check_greeting(*line); !greeted) return fail(greeted.error());
  Result<Fields> server = introduce(*far);
  if (!server) return fail(server.error());
  far->server = std::move(*server);
  far->compression = compression_to(far->server["place"], options_.compression);
  return far;
}

/// Sends the server's address, and returns facts about it.
Result<Fields> NearHalf::introduce(Running& far) {
  const std::shared_ptr<Channel> own = far.link.join(0);
  far.reader = guarded_thread(
      "reading from the far half",
      [this, &far](const std::stop_token&) -> Status {
        read(far);
        return {};
      },
      [this, &far](const Error& failure) { end(far, failure); });
  const std::chrono::seconds silence_limit = options_.server.silence_limit();
  far.heartbeat.emplace(
      far.link, silence_limit,
      [this, &far, silence_limit] {
        end(far, {.code = ErrorCode::connection_lost,
                  .message = fmt::format("the far half has not answered for {} s", silence_limit.count())});
      },
      [this, &far](const Error& failure) { end(far, failure); });
  Fields hello = options_.server.keywords();
  if (const char* password = std::getenv("PGPASSWORD"); password != nullptr)
    hello.try_emplace("password", password);
  hello["side"] = postgres::side_name(options_.side);
  hello["digest"] = token_;
  hello["compress"] = options_.compression.text();
  hello["place"] = this_place();
  hello["patience"] = std::to_string(silence_limit.count());
  if (const Status sent = far.link.send(LinkFrame::Kind::hello, 0, pack_fields(hello)); !sent)
    return fail(sent.error());
  const Result<Channel::Arrived> answer = own->wait(options_.stop);
  far.link.leave(0);
  if (!answer) {
    Error error = answer.error();
    if (error.code != ErrorCode::interrupted) error.code = ErrorCode::connection_failed;
    return fail(std::move(error));
  }
  if (answer->frame.kind == LinkFrame::Kind::refused) {
    Error refusal = unpack_error(text_of(*answer));
    refusal.code = ErrorCode::connection_failed;
    return fail(std::move(refusal));
  }
  return unpack_fields(text_of(*answer));
}

Result<RemoteRequest> NearHalf::run_request(const RemoteRequest& request, const std::stop_token& stop) {
  const Result<std::shared_ptr<Running>> far = running();
  if (!far) return fail(far.error());
  transport::Multiplexer& link = (*far)->link;
  const Joined channel(link, next_channel_++);
  if (const Status sent = link.send(LinkFrame::Kind::request, channel->id()); !sent)
    return fail(sent.error());
  if (const Status sent = send_text(link, *channel, pack_request(request), stop); !sent)
    return fail(sent.error());
  const Result<Channel::Arrived> answer = channel->wait(stop);
  if (!answer) return fail(answer.error());
  if (answer->frame.kind == LinkFrame::Kind::refused) return fail(unpack_error(text_of(*answer)));
  const Result<std::string> text = receive_text(link, *channel, stop);
  if (!text) return fail(text.error());
  return unpack_request(*text);
}

bool NearHalf::at_one_place() {
  const std::lock_guard lock(mutex_);
  const std::string here = this_place();
  return running_ && !here.empty() && running_->server["place"] == here;
}

std::uint64_t NearHalf::bytes() {
  const std::lock_guard lock(mutex_);
  return running_ ? running_->link.bytes() : 0;
}

void NearHalf::report_once(const std::string& line) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(last_reported_, line) == line) return;
  }
  options_.on_line(line);
}

/// Reads what comes from the far half, until it ends.
void NearHalf::read(Running& far) {
  let_servers_go_first();
  const Status ended = far.link.run([](const Channel::Arrived& arrived) -> Status {
    if (arrived.frame.kind == LinkFrame::Kind::refused) return fail(unpack_error(text_of(arrived)));
    return transport::unexpected_frame(arrived.frame);
  });
  Error error =
      ended ? Error{.code = ErrorCode::connection_lost, .message = "the far half of the link has ended"}
            : ended.error();
  if (ended && !closing_) error.message += ": " + far.command->last_words();
  error.code = ErrorCode::connection_lost;
  end(far, error);
}

void NearHalf::end(Running& far, const Error& error) {
  far.over = true;  // the next session gets another one
  if (!closing_ && !far.reported.exchange(true)) options_.on_break(error.message);
  far.link.fail(error);
  far.command->break_off();
}

void NearHalf::listen() {
  let_servers_go_first();
  while (!closing_) {
    const std::optional<int> descriptor = socket_.accept(kLook);
    if (!descriptor) continue;
    const Status started =
        guarded("taking a connection to the link", [&] { return start_session(*descriptor); });
    if (!started) LocalSocket(*descriptor).send_fatal(started.error());
  }
}

Status NearHalf::start_session(int descriptor) {
  forget_finished_sessions();
  std::list<Session> one(1);
  Session& session = one.front();
  session.thread = guarded_thread(
      "carrying a connection",
      [this, descriptor, &session](const std::stop_token&) -> Status {
        serve(descriptor);
        session.over = true;
        return {};
      },
      [&session](const Error&) { session.over = true; });
  sessions_.splice(sessions_.end(), one);
  return {};
}

void NearHalf::forget_finished_sessions() {
  std::erase_if(sessions_, [](const Session& session) { return session.over.load(); });
}

void NearHalf::serve(int descriptor) {
  LocalSocket socket(descriptor);
  const Result<Request> request = read_request(socket);
  if (!request) return;
  if (request->kind == Request::Kind::cancel) return cancel(request->channel);
  const Status carried = guarded("carrying a connection", [&] { return carry(socket, request->parameters); });
  if (!carried) socket.send_fatal(carried.error());
}

void NearHalf::cancel(std::uint32_t channel) {
  std::shared_ptr<Running> far;
  {
    const std::lock_guard lock(mutex_);
    far = running_;
  }
  if (far && !far->over) (void)far->link.send(LinkFrame::Kind::cancel, channel);
}

Status NearHalf::carry(LocalSocket& socket, const Fields& parameters) {
  const Result<std::shared_ptr<Running>> far = running();
  if (!far) return fail(far.error());
  transport::Multiplexer& link = (*far)->link;
  const Joined channel(link, next_channel_++);

  if (const Status asked = link.send(LinkFrame::Kind::open, channel->id(), pack_fields(parameters)); !asked)
    return asked;
  const Result<Channel::Arrived> answer = channel->wait(options_.stop);
  if (!answer) return fail(answer.error());
  if (answer->frame.kind == LinkFrame::Kind::refused) return fail(unpack_error(text_of(*answer)));
  Result<Fields> server = unpack_fields(text_of(*answer));
  if (!server) return fail(server.error());
  const int pid = number_in(*server, "pid");
  server->erase("pid");
  if (const Status in = socket.write_all(welcome(*server, pid, channel->id())); !in) return in;
  const Status pumped = guarded("carrying bytes over the link",
                                [&] { return Pump(link, *channel, socket, (*far)->compression).run(); });
  if (pumped) return {};
  end(**far, pumped.error());
  Error error = pumped.error();
  error.sqlstate = postgres::kLinkLost;
  return fail(std::move(error));
}

}  // namespace pghaul::link

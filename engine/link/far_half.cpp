#include "link/far_half.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "base/let_servers_go_first.h"
#include "link/far_line.h"
#include "link/far_schema.h"
#include "link/greeting.h"
#include "link/heartbeat.h"
#include "link/pump.h"
#include "link/remote_request.h"
#include "link/server_end.h"
#include "link/sign_in.h"
#include "link/text_transfer.h"
#include "postgres/wire.h"
#include "transport/compression.h"
#include "transport/multiplexer.h"

namespace pghaul::link {
namespace {

using transport::Channel;
using transport::LinkFrame;

std::string_view text_of(const Channel::Arrived& arrived) {
  return {reinterpret_cast<const char*>(arrived.payload.data()), arrived.payload.size()};
}

class FarHalf {
 public:
  explicit FarHalf(BreakablePipes& pipes) : pipes_(&pipes), link_(pipes, pipes) {}
  ~FarHalf() { pipes_->break_off(); }
  FarHalf(FarHalf&&) = delete;
  FarHalf& operator=(FarHalf&&) = delete;

  [[nodiscard]] Status run() {
    Status ended = guarded("reading from the near half", [this] {
      return link_.run([this](const Channel::Arrived& arrived) { return take(arrived); });
    });
    if (silent_) {
      ended = fail(ErrorCode::connection_lost,
                   fmt::format("nothing has come from the near half for {} s", silence_limit_.count()));
    }
    link_.fail(
        ended ? Error{.code = ErrorCode::connection_lost, .message = "the near half of the link has ended"}
              : ended.error());
    for (Session& session : sessions_) session.thread.request_stop();
    return ended;
  }

 private:
  struct Session {
    std::atomic<bool> over{false};
    std::jthread thread;
  };

  [[nodiscard]] Status take(const Channel::Arrived& arrived) {
    const LinkFrame::Kind kind = arrived.frame.kind;
    if (kind == LinkFrame::Kind::request) return take_request(arrived.frame.channel);
    if (kind != LinkFrame::Kind::hello && kind != LinkFrame::Kind::open) {
      return transport::unexpected_frame(arrived.frame);
    }
    Result<Fields> fields = unpack_fields(text_of(arrived));
    if (!fields) return fail(fields.error());
    const std::uint32_t channel = arrived.frame.channel;
    if (kind == LinkFrame::Kind::hello) return take_hello(std::move(*fields));
    if (channel == 0)
      return fail(ErrorCode::connection_lost, "protocol error on the link: channel 0 cannot be opened");
    const std::shared_ptr<Channel> joined = link_.join(channel);
    start(channel, [this, joined, parameters = std::move(*fields)](const std::stop_token& stop) {
      serve(*joined, parameters, stop);
      link_.leave(joined->id());
    });
    return {};
  }

  [[nodiscard]] Status take_request(std::uint32_t channel) {
    if (channel == 0)
      return fail(ErrorCode::connection_lost, "protocol error on the link: channel 0 accepts no requests");
    const std::shared_ptr<Channel> joined = link_.join(channel);
    start(channel, [this, joined](const std::stop_token& stop) {
      [[maybe_unused]] const Status answered = run_request(*joined, stop);  // fails if the link is gone
      link_.leave(joined->id());
    });
    return {};
  }

  [[nodiscard]] Status run_request(Channel& channel, const std::stop_token& stop) {
    const Result<std::string> text = receive_text(link_, channel, stop);
    if (!text) return fail(text.error());
    Result<RemoteRequest> answer = unpack_request(*text);
    if (answer && is_carrying(*answer)) {
      answer = answer_carrying(*answer);
    } else if (answer) {
      answer = link::run_request(*answer, postgres::ConnectionString(server_), side_, stop);
    }
    if (!answer) return link_.send(LinkFrame::Kind::refused, channel.id(), pack_error(answer.error()));
    if (const Status sent = link_.send(LinkFrame::Kind::done, channel.id()); !sent) return sent;
    return send_text(link_, channel, pack_request(*answer), stop);
  }

  [[nodiscard]] Status take_hello(Fields fields) {
    if (heartbeat_) return fail(ErrorCode::connection_lost, "protocol error on the link: a second hello");
    const Result<transport::Compression> compression = transport::Compression::parse(fields["compress"]);
    if (!compression) return fail(compression.error());
    compression_ = compression_to(fields["place"], *compression);
    side_ = fields["side"] == "target" ? postgres::Side::target : postgres::Side::source;
    fields.erase("compress");
    fields.erase("place");
    token_ = fields["digest"];
    fields.erase("digest");
    fields.erase("side");
    silence_limit_ = std::chrono::seconds(number_in(fields, "patience"));
    if (silence_limit_ <= std::chrono::seconds::zero()) {
      return fail(ErrorCode::connection_lost, "protocol error on the link: a hello without its time limit");
    }
    fields.erase("patience");
    server_ = std::move(fields);
    heartbeat_.emplace(
        link_, silence_limit_,
        [this] {
          silent_ = true;
          pipes_->break_off();
        },
        [this](const Error&) { pipes_->break_off(); });
    start(0, [this](const std::stop_token& stop) { look_at_server(stop); });
    return {};
  }

  /// Sends facts about the server, which the near half has to know before it connects.
  void look_at_server(const std::stop_token& stop) {
    const Result<postgres::Wire> wire =
        postgres::Wire::open(postgres::ConnectionString(server_), side_, stop);
    if (!wire) {
      (void)link_.send(LinkFrame::Kind::refused, 0, pack_error(wire.error()));
      return;
    }
    (void)link_.send(LinkFrame::Kind::ready, 0,
                     pack_fields({{"database", wire->database()},
                                  {"user", wire->user()},
                                  {"host", wire->host()},
                                  {"port", wire->port()},
                                  {"machine", wire->on_this_machine() ? this_machine() : ""},
                                  {"place", this_place()}}));
  }

  void serve(Channel& channel, const Fields& parameters, const std::stop_token& stop) {
    Result<postgres::Wire> wire = postgres::Wire::open(server_for(parameters), side_, stop);
    if (!wire) {
      (void)link_.send(LinkFrame::Kind::refused, channel.id(), pack_error(wire.error()));
      return;
    }
    Fields answer = wire->parameters();
    answer["pid"] = std::to_string(wire->lifeline()->pid());
    if (!link_.send(LinkFrame::Kind::opened, channel.id(), pack_fields(answer))) return;
    ServerEnd server(std::move(*wire), token_);
    const Status pumped = guarded("carrying bytes over the link",
                                  [&] { return Pump(link_, channel, server, compression_).run(); });
    if (pumped) return;
    link_.fail(pumped.error());
    (void)link_.send(LinkFrame::Kind::refused, 0, pack_error(pumped.error()));
    pipes_->break_off();
  }

  /// Returns the server's address with what the client asks for.
  [[nodiscard]] postgres::ConnectionString server_for(const Fields& parameters) const {
    static const std::map<std::string, std::string> kKeywords = {{"database", "dbname"},
                                                                 {"client_encoding", "client_encoding"},
                                                                 {"application_name", "application_name"},
                                                                 {"options", "options"},
                                                                 {"replication", "replication"}};
    std::map<std::string, std::string> keywords = server_;
    for (const auto& [parameter, value] : parameters) {
      const auto keyword = kKeywords.find(parameter);
      if (keyword == kKeywords.end()) continue;
      if (parameter == "database" || parameter == "application_name") {
        keywords[keyword->second] = value;
      } else {
        keywords.try_emplace(keyword->second, value);
      }
    }
    return postgres::ConnectionString(std::move(keywords));
  }

  /// Does what `channel` asks for in a thread of its own. Where that is impossible, the near half is
  /// informed.
  template <typename Work>
  void start(std::uint32_t channel, Work&& work) {
    std::erase_if(sessions_, [](const Session& session) { return session.over.load(); });
    const auto refuse = [this, channel](const Error& failure) {
      (void)link_.send(LinkFrame::Kind::refused, channel, pack_error(failure));
    };
    const Status started = guarded("serving the link", [&]() -> Status {
      std::list<Session> one(1);
      Session& session = one.front();
      session.thread = guarded_thread(
          "serving the link",
          [&session, work = std::forward<Work>(work)](const std::stop_token& stop) -> Status {
            work(stop);
            session.over = true;
            return {};
          },
          [&session, refuse](const Error& failure) {
            refuse(failure);
            session.over = true;
          });
      sessions_.splice(sessions_.end(), one);
      return {};
    });
    if (!started) refuse(started.error());
  }

  BreakablePipes* pipes_;
  transport::Multiplexer link_;
  std::chrono::seconds silence_limit_{};
  std::atomic<bool> silent_{false};
  std::optional<Heartbeat> heartbeat_;
  transport::Compression compression_;
  postgres::Side side_ = postgres::Side::source;
  std::map<std::string, std::string> server_;
  std::string token_;            // the token of verify::digest_request()
  std::list<Session> sessions_;  // the last member: threads use the others
};

}  // namespace

Status serve(BreakablePipes& pipes) {
  let_servers_go_first();
  const std::string line = greeting();
  if (Status greeted = pipes.write(std::as_bytes(std::span(line))); !greeted) return greeted;
  return FarHalf(pipes).run();
}

}  // namespace pghaul::link

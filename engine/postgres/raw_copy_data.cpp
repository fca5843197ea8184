#include "postgres/raw_copy_data.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/units.h"

namespace pghaul::postgres {
namespace {

constexpr std::size_t kBufferBytes = 64_KiB;

/// Reads fields of a letter each, and a text that ends in a zero byte.
Complaint complaint_in(std::span<const std::byte> body) {
  std::string_view left(reinterpret_cast<const char*>(body.data()), body.size());
  Complaint complaint;
  while (left.size() > 1 && left.front() != '\0') {
    const char letter = left.front();
    const std::string_view text = left.substr(1, left.find('\0', 1) - 1);
    left.remove_prefix(std::min(left.size(), text.size() + 2));
    if (letter == 'C') complaint.sqlstate = text;
    if (letter == 'M') complaint.message = text;
    if (letter == 'D') complaint.detail = text;
    if (letter == 'W') complaint.context = text;
    if (letter == 'H') complaint.hint = text;
  }
  return complaint;
}

}  // namespace

RawCopyData::RawCopyData(Connection& connection, RawStream stream, std::string what)
    : connection_(&connection), stream_(stream), what_(std::move(what)), buffer_(kBufferBytes) {}

RawCopyData::~RawCopyData() {
  if (answering_) connection_->lifeline()->sever();
}

void RawCopyData::drop_rest() {
  if (answering_) [[maybe_unused]]
    const Status ended = end(std::nullopt);
}

Status RawCopyData::begin(const std::string& sql) {
  const Lifeline::Waiting waiting(*connection_->lifeline());
  connection_->discard_results();
  if (const Status sent = send(connection_->with_what_goes_ahead(sql)); !sent) return sent;
  for (Message message;;) {
    if (const Status read = next_message(message, Wait::probing); !read) return read;
    if (message.type == 'H') return {};
    if (message.type == 'E') return end(complaint_in(message.body));
    if (message.type == 'Z') {
      answering_ = false;
      return broken("the statement began no COPY");
    }
  }
}

Result<bool> RawCopyData::next(std::span<const std::byte>& payload) {
  for (Message message;;) {
    if (const Status read = next_message(message, Wait::watched); !read) return fail(read.error());
    switch (message.type) {
      case 'd':
        payload = message.body;
        return true;
      case 'c': {
        if (const Status ended = end(std::nullopt); !ended) return fail(ended.error());
        return false;
      }
      case 'E':
        return fail(end(complaint_in(message.body)).error());
      case 'Z':
        answering_ = false;
        return broken("the server ended the rows without CopyDone");
      default:
        continue;  // notices, and settings that have changed
    }
  }
}

Status RawCopyData::end(std::optional<Complaint> complaint) {
  for (Message message; answering_;) {
    if (const Status read = next_message(message, Wait::watched); !read) {
      if (!complaint) return read;
      Error error = connection_->error("cannot read " + what_, *complaint);
      error.code = ErrorCode::connection_lost;
      return fail(std::move(error));
    }
    if (message.type == 'E' && !complaint) complaint = complaint_in(message.body);
    if (message.type == 'Z') answering_ = false;
  }
  if (complaint) return fail(connection_->error("cannot read " + what_, *complaint));
  return {};
}

Status RawCopyData::send(const std::string& sql) {
  std::string message = "Q0000" + sql + '\0';
  const std::size_t length = message.size() - 1;
  for (std::size_t i = 0; i < 4; ++i) message[4 - i] = static_cast<char>(length >> (8 * i) & 0xFF);
  std::span<const std::byte> left = std::as_bytes(std::span(message));
  answering_ = true;
  while (!left.empty()) {
    const Result<std::size_t> took = stream_.write(left);
    if (!took) return broken(took.error().message);
    left = left.subspan(*took);
    pollfd socket{PQsocket(connection_->handle()), POLLOUT, 0};
    if (!left.empty()) poll(&socket, 1, -1);
  }
  return {};
}

Status RawCopyData::next_message(Message& message, Wait wait) {
  for (;;) {
    switch (buffer_.take(message)) {
      case MessageBuffer::Taken::whole:
        buffer_.drop(message);
        return {};
      case MessageBuffer::Taken::wrong:
        return broken("the server sent bytes that are not a message of its protocol");
      case MessageBuffer::Taken::incomplete:
        if (Status read = read_some(wait); !read) return read;
    }
  }
}

Status RawCopyData::read_some(Wait wait) {
  const std::span<std::byte> room = buffer_.room();
  for (;;) {
    const Result<std::optional<std::size_t>> got = stream_.read(room);
    if (!got) return broken(got.error().message);
    if (*got) {
      if (**got == 0) return broken("it was closed");
      buffer_.fill(**got);
      connection_->lifeline()->add_traffic(**got);
      return {};
    }
    pollfd socket{PQsocket(connection_->handle()), POLLIN, 0};
    if (wait == Wait::watched) {
      poll(&socket, 1, -1);
    } else {
      const Status answered = connection_->await([&socket] { return poll(&socket, 1, 0) != 0; });
      if (!answered) return broken(answered.error().message);
    }
  }
}

/// Gives the connection up: neither we nor libpq can parse anything that comes after this.
tl::unexpected<Error> RawCopyData::broken(const std::string& why) {
  answering_ = false;
  connection_->lifeline()->sever();
  return fail(ErrorCode::connection_lost, "cannot read " + what_ + ": the connection to the " +
                                              side_name(connection_->side()) + " broke: " + why);
}

}  // namespace pghaul::postgres

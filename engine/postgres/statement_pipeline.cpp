#include "postgres/statement_pipeline.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "base/units.h"
#include "base/wait_for.h"

namespace pghaul::postgres {
namespace {

constexpr std::size_t kSendFrom = 64_KiB;
constexpr std::size_t kMostQueued = 256_KiB;
constexpr std::size_t kLarge = 4_MiB;  // of a statement
constexpr std::size_t kAskEach = 1'024;
constexpr std::size_t kMostOutstanding = 4'096;
constexpr int kLookMilliseconds = 100;  // at whether somebody asks to stop

/// Has libpq send each statement before it returns. Otherwise it keeps what the server has not taken yet, and
/// moves all of that each time the server takes a part: for hundreds of megabytes that takes far longer than
/// sending them. A thread breaks the connection where a stop is requested or the server answers nobody.
class SendingAtOnce {
 public:
  /// Nothing is queued in libpq.
  SendingAtOnce(Connection& connection, const std::stop_token& stop)
      : handle_(connection.handle()),
        waiting_(*connection.lifeline()),
        begun_(PQsetnonblocking(handle_, 0) == 0),
        sever_(stop, Sever{connection.lifeline()}),
        watch_(guarded_thread(
            "watching a large statement",
            [silence = Silence(connection, connection.effective()),
             stop](const std::stop_token& end) mutable { return watch(silence, stop, end); },
            [this, line = connection.lifeline()](Error error) {
              line->sever();
              watched_ = fail(std::move(error));
            })) {}
  ~SendingAtOnce() {
    [[maybe_unused]] const Status watched = end();
    PQsetnonblocking(handle_, 1);
  }
  SendingAtOnce(const SendingAtOnce&) = delete;
  SendingAtOnce& operator=(const SendingAtOnce&) = delete;
  [[nodiscard]] bool begun() const noexcept { return begun_; }
  /// Ends the watch. Errors  connection_lost: it broke the connection, as the server answers nobody.
  [[nodiscard]] Status end() {
    watch_.request_stop();
    if (watch_.joinable()) watch_.join();
    return watched_;
  }

 private:
  /// A probe that is under way ends by either token.
  static Status watch(Silence& silence, const std::stop_token& stop, const std::stop_token& end) {
    std::stop_source either;
    const auto request = [&either] { either.request_stop(); };
    const std::stop_callback on_stop(stop, request);
    const std::stop_callback on_end(end, request);
    while (wait_for(std::chrono::milliseconds(kLookMilliseconds), either.get_token())) {
      if (Status alive = silence.check(either.get_token()); !alive) return alive;
    }
    return {};
  }
  struct Sever {
    std::shared_ptr<Lifeline> line;
    void operator()() const noexcept { line->sever(); }
  };
  PGconn* handle_;
  Lifeline::Waiting waiting_;
  bool begun_;
  std::stop_callback<Sever> sever_;
  Status watched_;  // the watch's, until it has ended
  std::jthread watch_;
};

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};

}  // namespace

StatementPipeline::StatementPipeline(Connection& connection, Judge judge, std::stop_token stop)
    : connection_(&connection), judge_(std::move(judge)), stop_(std::move(stop)) {}

Result<StatementPipeline> StatementPipeline::begin(Connection& connection, Judge judge,
                                                   const std::stop_token& stop) {
  StatementPipeline pipeline(connection, std::move(judge), stop);
  connection.discard_results();
  const bool begun =
      PQenterPipelineMode(connection.handle()) == 1 && PQsetnonblocking(connection.handle(), 1) == 0;
  if (!begun) return pipeline.broken();
  return pipeline;
}

Status StatementPipeline::prepare(const std::string& name, const std::string& sql) {
  const int accepted = PQsendPrepare(connection_->handle(), name.c_str(), sql.c_str(), 0, nullptr);
  return sent(accepted, name.size() + sql.size());
}

Status StatementPipeline::execute(const std::string& name, std::span<const char* const> values) {
  constexpr std::size_t kAroundValue = 4;
  std::size_t bytes = name.size();
  for (const char* value : values) bytes += kAroundValue + (value == nullptr ? 0 : std::strlen(value));
  std::optional<SendingAtOnce> at_once;
  if (bytes >= kLarge) {
    if (Status others = send_all(); !others) return others;
    at_once.emplace(*connection_, stop_);
    if (!at_once->begun()) return broken();
  }
  const int accepted =
      PQsendQueryPrepared(connection_->handle(), name.c_str(), static_cast<int>(values.size()), values.data(),
                          nullptr, nullptr, 0);
  if (!at_once) return sent(accepted, bytes);
  const Status watched = at_once->end();
  at_once.reset();
  if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (!watched) return watched;
  return sent(accepted, 0);
}

Status StatementPipeline::execute_binary(const std::string& name, std::span<const std::string> values) {
  std::vector<const char*> starts;
  std::vector<int> lengths;
  std::size_t bytes = name.size();
  for (const std::string& value : values) {
    starts.push_back(value.data());
    lengths.push_back(static_cast<int>(value.size()));
    bytes += value.size();
  }
  const std::vector<int> formats(values.size(), 1);
  const int accepted =
      PQsendQueryPrepared(connection_->handle(), name.c_str(), static_cast<int>(values.size()), starts.data(),
                          lengths.data(), formats.data(), 0);
  return sent(accepted, bytes);
}

Status StatementPipeline::run(const std::string& sql) {
  const int accepted =
      PQsendQueryParams(connection_->handle(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
  return sent(accepted, sql.size());
}

Status StatementPipeline::sync() {
  return sent(PQpipelineSync(connection_->handle()), 0);
}

Status StatementPipeline::sent(int accepted, std::size_t bytes) {
  constexpr std::size_t kAroundStatement = 64;  // Bind, Describe, Execute
  if (accepted != 1) return broken();
  queued_bytes_ += bytes + kAroundStatement;
  ++outstanding_;
  if (++unasked_ >= kAskEach) {
    unasked_ = 0;
    if (PQsendFlushRequest(connection_->handle()) != 1) return broken();
  }
  if (queued_bytes_ >= kSendFrom) {
    const int left = PQflush(connection_->handle());
    if (left < 0) return broken();
    if (left == 0) queued_bytes_ = 0;
    if (queued_bytes_ >= kMostQueued) {
      if (Status taken = send_all(); !taken) return taken;
    }
    if (Status read = read_answers(); !read) return read;
  }
  while (outstanding_ >= kMostOutstanding) {
    if (Status taken = send_all(); !taken) return taken;
    if (Status read = read_answers(); !read) return read;
    if (outstanding_ < kMostOutstanding) break;
    if (Status waited = wait(false); !waited) return waited;
  }
  return {};
}

/// Reads answers meanwhile: a server whose answers nobody takes takes no statements either.
Status StatementPipeline::send_all() {
  for (;;) {
    const int left = PQflush(connection_->handle());
    if (left < 0) return broken();
    if (left == 0) break;
    if (Status waited = wait(true); !waited) return waited;
    if (Status read = read_answers(); !read) return read;
  }
  queued_bytes_ = 0;
  return {};
}

Status StatementPipeline::flush() {
  unasked_ = 0;
  if (PQsendFlushRequest(connection_->handle()) != 1) return broken();
  const int left = PQflush(connection_->handle());
  if (left < 0) return broken();
  if (left == 0) queued_bytes_ = 0;
  return {};
}

Status StatementPipeline::await_answers() {
  if (outstanding_ == 0) return {};
  unasked_ = 0;
  if (PQsendFlushRequest(connection_->handle()) != 1) return broken();
  if (Status taken = send_all(); !taken) return taken;
  for (;;) {
    if (Status read = read_answers(); !read) return read;
    if (outstanding_ == 0) return {};
    if (Status waited = wait(false); !waited) return waited;
  }
}

Status StatementPipeline::read_answers() {
  PGconn* const handle = connection_->handle();
  if (outstanding_ > 0 && PQconsumeInput(handle) != 1) return broken();
  while (outstanding_ > 0 && PQisBusy(handle) == 0) {
    std::unique_ptr<PGresult, ClearResult> result(PQgetResult(handle));
    if (!result) {
      if (PQstatus(handle) == CONNECTION_BAD) return broken();
      continue;  // the end of one statement's answer
    }
    --outstanding_;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) continue;
    const bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    Result<Rows> answer =
        good ? Result<Rows>(Rows(result.release())) : fail(connection_->error({}, result.get()));
    if (wanted_ != nullptr && outstanding_ == 0) {
      *wanted_ = std::move(answer);
      continue;
    }
    if (Status judged = judge_(answer); !judged) return judged;
  }
  return {};
}

Result<bool> StatementPipeline::has_answered() {
  if (const Status read = read_answers(); !read) return fail(read.error());
  return outstanding_ == 0;
}

Result<Rows> StatementPipeline::query(const std::string& sql, const std::vector<std::string>& parameters) {
  if (const Status others = await_answers(); !others) return fail(others.error());
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  Result<Rows> rows = fail(ErrorCode::internal, "a query was not answered");
  wanted_ = &rows;
  const int accepted = PQsendQueryParams(connection_->handle(), sql.c_str(), static_cast<int>(values.size()),
                                         nullptr, values.data(), nullptr, nullptr, 0);
  Status done = sent(accepted, sql.size());
  if (done) done = await_answers();
  wanted_ = nullptr;
  if (!done) return fail(done.error());
  return rows;
}

Status StatementPipeline::wait(bool to_send) {
  PGconn* const handle = connection_->handle();
  const Lifeline::Waiting waiting(*connection_->lifeline());
  Silence silence(*connection_);
  // Under TLS a part of what has come may be in the library, where poll() does not see it.
  const bool tls = PQsslInUse(handle) == 1;
  for (int pause = tls ? 1 : kLookMilliseconds;; pause = std::min(2 * pause, kLookMilliseconds)) {
    pollfd socket{PQsocket(handle), static_cast<short>(to_send ? POLLIN | POLLOUT : POLLIN), 0};
    if (poll(&socket, 1, pause) > 0) return {};
    if (tls) {
      if (PQconsumeInput(handle) != 1) return broken();
      if (PQisBusy(handle) == 0) return {};
    }
    if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (Status alive = silence.check(stop_); !alive) return alive;
  }
}

tl::unexpected<Error> StatementPipeline::broken() const {
  return fail(connection_->error({}, nullptr));
}

}  // namespace pghaul::postgres

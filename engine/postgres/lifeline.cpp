#include "postgres/lifeline.h"

#include <sys/socket.h>

namespace pghaul::postgres {

Lifeline::Lifeline(PGconn* handle)
    : request_(PQgetCancel(handle)), pid_(PQbackendPID(handle)), socket_(PQsocket(handle)) {}

void Lifeline::cancel_or_sever() noexcept {
  const CancelRequest request(request_.get(), CancelRequest::kNoSocket);
  if (!request.sent() || !request.ends_within(CancelRequest::kUntilSevered)) sever();
}

void Lifeline::cancel_soon() noexcept {
  const std::lock_guard lock(mutex_);
  if (socket_ < 0 || (under_way_ && !under_way_->ends_within(std::chrono::milliseconds(0)))) return;
  under_way_.emplace(request_.get(),
                     CancelRequest::kNoSocket);  // without a server process a second request may get one
}

void Lifeline::cancel_then_sever() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (socket_ < 0) return;
    under_way_.emplace(request_.get(), socket_);
    if (under_way_->sent()) return;
  }
  sever();
}

void Lifeline::withdraw() noexcept {
  const std::lock_guard lock(mutex_);
  under_way_.reset();
}

void Lifeline::sever() noexcept {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

void Lifeline::forget() noexcept {
  const std::lock_guard lock(mutex_);
  under_way_.reset();
  socket_ = -1;
}

}  // namespace pghaul::postgres

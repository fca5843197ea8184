#include "postgres/lifeline.h"

#include <sys/socket.h>

#include <chrono>
#include <exception>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

namespace pghaul::postgres {

Lifeline::Lifeline(PGconn* handle)
    : request_(PQgetCancel(handle)), pid_(PQbackendPID(handle)), socket_(PQsocket(handle)) {}

void Lifeline::cancel() noexcept {
  char complaint[256];
  // A request that does not get through changes nothing: the statement goes on to its own end.
  PQcancel(request_.get(), complaint, sizeof complaint);
}

void Lifeline::cancel_or_sever(const std::shared_ptr<Lifeline>& lifeline) noexcept {
  constexpr std::chrono::seconds kPatience{1};
  try {
    std::promise<void> request;
    const std::future<void> taken = request.get_future();
    std::thread([lifeline, request = std::move(request)]() mutable {
      lifeline->cancel();
      request.set_value();
    }).detach();
    if (taken.wait_for(kPatience) == std::future_status::ready) return;
  } catch (const std::exception&) {  // no thread, or no memory for one
  }
  lifeline->sever();
}

void Lifeline::cancel_soon(const std::shared_ptr<Lifeline>& lifeline) {
  if (lifeline->cancelling_.exchange(true)) return;
  try {
    std::thread([lifeline] {
      lifeline->cancel();
      lifeline->cancelling_ = false;
    }).detach();
  } catch (const std::system_error&) {
    lifeline->cancelling_ = false;  // no thread to be had: whoever asks again may have more luck
  }
}

void Lifeline::sever() noexcept {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

void Lifeline::forget() noexcept {
  const std::lock_guard lock(mutex_);
  socket_ = -1;
}

}  // namespace pghaul::postgres
